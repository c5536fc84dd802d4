/** Measures startup, idle memory and exports of the gateway's process. */
import { type ChildProcess, execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'
import { getMedian } from '../figures.ts'
import { freePort, stop } from '../processes.ts'
import { apiKey, startFoyer } from './contenders/foyer.ts'
import { day } from './stub/records.ts'
import type { Surroundings } from './surroundings.ts'
import { pinProcess, readCpu, readMemory } from './usage.ts'

const core = 0

export interface Fact {
  readonly what: string
  readonly target: string
  readonly value: string
  readonly isReached: boolean
}

interface MeasuredGateway {
  readonly child: ChildProcess
  readonly pid: number
  get(path: string): Promise<Response>
}

const probe = pathToFileURL(`${import.meta.dirname}/loop-delay.ts`).href

/**
 * `nodeFlags` must be empty for startup and memory measurements, because the probe makes Node load its type stripper.
 */
const start = async (
  { upstream, folder }: Surroundings,
  script = 'src/server.ts',
  nodeFlags: readonly string[] = [],
): Promise<MeasuredGateway> => {
  const port = await freePort()
  // As in `foyer start`, Node caches compiled code between starts.
  const environment: Record<string, string> = script.endsWith('.ts')
    ? { NODE_COMPILE_CACHE: join(folder, 'compiled') }
    : {}
  const child = await startFoyer({
    port,
    upstream: upstream.port,
    folder,
    prefix: pinProcess(core),
    nodeFlags,
    script,
    environment,
  })
  const pid = child.pid as number
  const get = (path: string) => fetch(`http://127.0.0.1:${port}${path}`, { headers: { 'x-api-key': apiKey } })
  return { child, pid, get }
}

/** Returns milliseconds from the command to the first response with a property. */
const startOnce = async (surroundings: Surroundings, script: string): Promise<number> => {
  const began = performance.now()
  const { child, get } = await start(surroundings, script)
  await (await get('/properties/10101')).text()
  const passed = performance.now() - began
  await stop(child)
  return passed
}

const settleDelayMs = 3_000

const measureIdleMemory = async (surroundings: Surroundings, script: string): Promise<number> => {
  const { child, pid, get } = await start(surroundings, script)
  await (await get('/properties/10101')).text()
  await wait(settleDelayMs)
  const { now } = readMemory(pid)
  await stop(child)
  return now
}

const readMaxDelay = async (child: ChildProcess): Promise<number> => {
  child.send('delay')
  const [{ delay }] = (await once(child, 'message')) as [{ delay: number }]
  return delay
}

const createMaxFact = (what: string, limit: number, value: number, unit: string): Fact => ({
  what,
  target: `≤ ${limit} ${unit}`,
  value: `${value.toFixed(0)} ${unit}`,
  isReached: value <= limit,
})

interface ExportResult {
  readonly status: number
  readonly leads: number
  /** Milliseconds of processor time. */
  readonly cpu: number
  /** The maximum growth of memory in MB. */
  readonly peak: number
  readonly overIdle: number
  /** Milliseconds. */
  readonly delay: number
}

const countLines = async ({ body }: Response): Promise<number> => {
  let lines = 0
  for await (const chunk of body ?? []) for (const byte of chunk) if (byte === 10) lines += 1
  return lines
}

const getExportPath = (brokerage: string): string =>
  `/leads/export?brokerageId=${brokerage}&from=${day}&to=${day}&format=ndjson`

/** `warmUp`: the number of earlier exports. */
const measureExport = async (surroundings: Surroundings, brokerage: string, warmUp: number): Promise<ExportResult> => {
  const { child, pid, get } = await start(surroundings, 'src/server.ts', ['--import', probe])
  for (let each = 0; each < warmUp; each += 1) await countLines(await get(getExportPath('leads-5000')))
  await wait(settleDelayMs)
  const idle = readMemory(pid).now
  await readMaxDelay(child)
  const before = readCpu(pid)
  const reply = await get(getExportPath(brokerage))
  const leads = await countLines(reply)
  const cpu = readCpu(pid) - before
  const { peak } = readMemory(pid)
  const delay = await readMaxDelay(child)
  await stop(child)
  return { status: reply.status, leads, cpu, peak, overIdle: peak - idle, delay }
}

const measureExportFacts = async (surroundings: Surroundings): Promise<Fact[]> => {
  const small = await measureExport(surroundings, 'leads-1000', 4)
  const large = await measureExport(surroundings, 'leads-100000', 4)
  const rate = (1000 * large.leads) / large.cpu
  return [
    {
      what: 'export: leads per second of CPU time',
      target: '≥ 40,000',
      value: rate.toFixed(0),
      isReached: rate >= 40_000,
    },
    {
      what: `export: peak memory with ${small.leads} and ${large.leads} leads`,
      target: 'flat',
      value: `${small.peak.toFixed(0)} MB, ${large.peak.toFixed(0)} MB`,
      isReached: large.peak < 1.25 * small.peak,
    },
    createMaxFact('export: longest blocking of the event loop', 100, large.delay, 'ms'),
  ]
}

const measureV1Facts = async (surroundings: Surroundings): Promise<Fact[]> => {
  const { status, leads, cpu, overIdle, delay } = await measureExport(surroundings, 'v1-300000', 0)
  const what = 'export of a v1 list of 300,000 leads'
  if (status !== 200) return [{ what, target: 'exported', value: `rejected: ${status}`, isReached: false }]
  return [
    { what: `${what}: exported leads`, target: '300,000', value: String(leads), isReached: leads === 300_000 },
    createMaxFact(`${what}: peak memory over idle`, 100, overIdle, 'MB'),
    createMaxFact(`${what}: longest blocking of the event loop`, 100, delay, 'ms'),
    { what: `${what}: CPU`, target: '', value: `${(cpu / 1000).toFixed(1)} s`, isReached: true },
  ]
}

const measureStartFacts = async (
  surroundings: Surroundings,
  rounds: number,
  { script, from, maxStartMs }: { script: string; from: string; maxStartMs: number },
) => {
  const starts: number[] = []
  for (let round = 0; round < rounds; round += 1) starts.push(await startOnce(surroundings, script))
  const idle = await measureIdleMemory(surroundings, script)
  return [
    createMaxFact(`start to first response, from ${from}`, maxStartMs, getMedian(starts), 'ms'),
    createMaxFact(`idle memory, from ${from}`, 100, idle, 'MB'),
  ]
}

/** Measures the bundle of a package. `dist/` exists only during the measurement. */
const measurePackageFacts = async (surroundings: Surroundings, rounds: number): Promise<Fact[]> => {
  const script = `${import.meta.dirname}/../../scripts/package.ts`
  const pack = (...args: string[]) => execFileSync(process.execPath, ['--no-warnings', script, ...args])
  pack()
  try {
    return await measureStartFacts(surroundings, rounds, {
      script: 'dist/src/server.js',
      from: 'the package',
      maxStartMs: 600,
    })
  } finally {
    pack('--clean')
  }
}

export const measureFacts = async (surroundings: Surroundings, rounds: number): Promise<Fact[]> => {
  await surroundings.upstream.send('unchanged')
  const starts = Math.max(3, rounds)
  return [
    ...(await measureStartFacts(surroundings, starts, {
      script: 'src/server.ts',
      from: 'the sources',
      maxStartMs: 900,
    })),
    ...(await measurePackageFacts(surroundings, starts)),
    ...(await measureExportFacts(surroundings)),
    ...(await measureV1Facts(surroundings)),
  ]
}
