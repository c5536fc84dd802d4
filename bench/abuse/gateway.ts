/** Runs the gateway like `foyer start`, in its own process with the default descriptor limit (Linux). */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as wait } from 'node:timers/promises'
import { startEnvironment, startFlags } from '../../cli/start.ts'
import { freePort, launch, startScript, stop } from '../processes.ts'
import { createTenant } from '../tenants.ts'

export interface AbusedGateway {
  readonly port: number
  /** Returns resident memory in megabytes and the number of open descriptors. */
  readUsage(): { rssMB: number; descriptors: number }
  /** Returns the maximum resident memory since the last call. */
  takePeakMB(): number
  isRunning(): boolean
  /** Returns the logged problems with their causes, and their counts. */
  problems(): ReadonlyMap<string, number>
  close(): Promise<void>
}

const descriptorLimit = 1_024

export const abusiveTenants = Array.from({ length: 12 }, (_, index) => `abusive${index}`)

interface LogLine {
  readonly msg: string
  readonly status?: number
  readonly code?: string
  readonly upstream?: { readonly operation: string }
  readonly err?: { readonly code?: string }
}

export const startAbusedGateway = async (): Promise<AbusedGateway> => {
  const [upstreamPort, port] = await Promise.all([freePort(), freePort()])
  const address = `http://127.0.0.1:${upstreamPort}`
  const folder = mkdtempSync(join(tmpdir(), 'foyer-abuse-'))
  const tenantsFile = join(folder, 'tenants.json')
  const tenants = ['polite', ...abusiveTenants].map((id) => createTenant(id, address))
  writeFileSync(tenantsFile, JSON.stringify({ tenants }))
  const upstream = await startScript('bench/abuse/upstream.ts', [`${upstreamPort}`], {})
  const child = await launch(
    [
      'prlimit',
      `--nofile=${descriptorLimit}`,
      process.execPath,
      ...startFlags,
      `${import.meta.dirname}/../../src/server.ts`,
    ],
    {
      ...{ ...startEnvironment, PATH: process.env.PATH ?? '', PORT: `${port}`, FOYER_STORE_URL: 'memory:' },
      ...{ FOYER_TENANTS_FILE: tenantsFile, LIONDESK_BASE_URL: address },
    },
    /./,
  )

  const problems = new Map<string, number>()
  if (child.stdout) {
    createInterface({ input: child.stdout }).on('line', (line) => {
      const { msg, status, code, upstream, err } = JSON.parse(line) as LogLine
      if (msg !== 'upstream problem') return
      const problem = [status, code, upstream?.operation, err?.code].filter((part) => part !== undefined).join(' ')
      problems.set(problem, (problems.get(problem) ?? 0) + 1)
    })
  }

  const residentMB = (): number => {
    const status = readFileSync(`/proc/${child.pid}/status`, 'utf8')
    return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1] ?? 0) / 1024
  }
  const isRunning = () => child.exitCode === null && child.signalCode === null
  let peakMB = residentMB()
  const watching = setInterval(() => {
    if (isRunning()) peakMB = Math.max(peakMB, residentMB())
  }, 100)

  return {
    port,
    readUsage: () => ({ rssMB: residentMB(), descriptors: readdirSync(`/proc/${child.pid}/fd`).length }),
    takePeakMB: () => {
      const peakAtTake = peakMB
      peakMB = isRunning() ? residentMB() : 0
      return peakAtTake
    },
    isRunning,
    problems: () => problems,
    close: async () => {
      clearInterval(watching)
      await stop(child)
      await stop(upstream, 'SIGKILL')
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** Waits for a condition. Returns false after a timeout. */
export const waitUntil = async (holds: () => boolean, milliseconds: number): Promise<boolean> => {
  const end = performance.now() + milliseconds
  while (!holds()) {
    if (performance.now() > end) return false
    await wait(100)
  }
  return true
}
