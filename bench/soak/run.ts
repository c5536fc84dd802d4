/** Runs a gateway under mixed load with failing upstreams and disconnecting clients, and samples its memory. */
import type { ChildProcess } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { createRandom } from '../budget/random.ts'
import { measure, type ProbeSample, probeOptions } from '../probed.ts'
import { freePort, startScript, stop } from '../processes.ts'
import { computeTrend, type Trend } from '../trend.ts'
import { type CallCounts, createFaults } from './faults.ts'
import { createTraffic, type TrafficResults } from './traffic.ts'

export interface SoakOptions {
  seconds: number
  /** Requests per second. */
  rate: number
  /** The share of upstream calls that fail, and of requests whose client disconnects. */
  faultShare?: number
  abortShare?: number
  /** Called for each sample. */
  onSample?: (sample: Sample) => void
}

export interface Sample extends ProbeSample {
  seconds: number
  descriptors: number
}

export interface Soak {
  samples: readonly Sample[]
  traffic: TrafficResults
  calls: number
  faults: number
  heap: Trend
  buffers: Trend
  /** Before the first client connects and after the last one disconnects. */
  descriptors: Trend
  rejections: number
  /** The gateway's exit code after SIGTERM; null if a signal killed it. */
  exitCode: number | null
}

const MiB = 1024 * 1024

/** Allowed variation: work in progress and caches for the heap, idle connections for descriptors. */
const margins = { heap: 6 * MiB, buffers: 6 * MiB, descriptors: 8 }

/** Compilation and cache filling end within this share of the run. Samples before that are ignored. */
const warmShare = 0.3

const sampleCount = 60

interface Ports {
  spacio: number
  liondesk: number
  gateway: number
}

const startGateway = (ports: Ports, folder: string): Promise<ChildProcess> =>
  startScript(
    'src/server.ts',
    [],
    {
      PORT: `${ports.gateway}`,
      LOG_LEVEL: 'silent',
      FOYER_AUTH: 'off',
      FOYER_RATE_LIMIT: 'off',
      // On disk, because stored values must not count as a memory leak.
      FOYER_STORE_URL: `file:${join(folder, 'foyer.db')}`,
      FOYER_FEED_FLOOR: '1',
      SPACIO_HOURLY_BUDGET: '10000000',
      SPACIO_BASE_URL: `http://127.0.0.1:${ports.spacio}`,
      SPACIO_API_KEY: 'sandbox-spacio-key',
      LIONDESK_BASE_URL: `http://127.0.0.1:${ports.liondesk}`,
      LIONDESK_ACCESS_TOKEN: 'c0ffee0000000000000000000000000000000001',
    },
    probeOptions,
  )

/** Returns null while the gateway sheds load. */
const readCalls = async (base: string): Promise<CallCounts | null> => {
  const reply = await fetch(`${base}/upstreams`)
  const { data } = (await reply.json()) as { data?: { system: keyof CallCounts; calls: number }[] }
  const getCalls = (system: keyof CallCounts) => data?.find((each) => each.system === system)?.calls ?? 0
  return data ? { spacio: getCalls('spacio'), liondesk: getCalls('liondesk') } : null
}

const addLead = async (spacio: string): Promise<void> => {
  const reply = await fetch(`${spacio}/__leads`, { method: 'POST', body: '{"sid": 10101, "name": "Jo Visitor"}' })
  await reply.body?.cancel()
}

const countDescriptors = ({ pid }: ChildProcess): number => readdirSync(`/proc/${pid}/fd`).length

/** Idle connections stay open for some seconds. */
const waitUntilIdle = async (gateway: ChildProcess, maxTries: number): Promise<number> => {
  for (let tries = 0; tries < 40 && countDescriptors(gateway) > maxTries; tries += 1) await wait(500)
  return countDescriptors(gateway)
}

export const soak = async (options: SoakOptions): Promise<Soak> => {
  const { seconds, rate, faultShare = 0.02, abortShare = 0.05, onSample } = options
  const [spacio, liondesk, port] = await Promise.all([freePort(), freePort(), freePort()])
  const folder = mkdtempSync(join(tmpdir(), 'foyer-soak-'))
  const urls = { spacio: `http://127.0.0.1:${spacio}`, liondesk: `http://127.0.0.1:${liondesk}` }
  const base = `http://127.0.0.1:${port}`
  const random = createRandom(1)
  const sandboxArgs = ['--spacio-port', `${spacio}`, '--liondesk-port', `${liondesk}`, '--leads', '3000']
  const sandbox = await startScript('sandbox/server.ts', sandboxArgs, {})
  const uncappedEnv = await fetch(`${urls.spacio}/__settings`, { method: 'POST', body: '{"rateCap": 100000000}' })
  await uncappedEnv.body?.cancel()
  const gateway = await startGateway({ spacio, liondesk, gateway: port }, folder)
  const idle = countDescriptors(gateway)
  const faults = createFaults(urls, faultShare, random)
  const traffic = createTraffic({ base, rate, abortShare, random })
  const samples: Sample[] = []
  const startedAt = performance.now()
  const getElapsedSeconds = () => (performance.now() - startedAt) / 1000
  let descriptorsAtEnd = Number.POSITIVE_INFINITY
  let atRest: Pick<ProbeSample, 'heap' | 'buffers'> = { heap: descriptorsAtEnd, buffers: descriptorsAtEnd }
  let calls: CallCounts = { spacio: 0, liondesk: 0 }
  try {
    for (let due = 0; getElapsedSeconds() < seconds && gateway.exitCode === null; ) {
      await wait(Math.min(500, (seconds * 1000) / sampleCount))
      calls = (await readCalls(base)) ?? calls
      await faults.keepUp(calls)
      if (getElapsedSeconds() < due) continue
      due += seconds / sampleCount
      await addLead(urls.spacio)
      const descriptors = countDescriptors(gateway)
      samples.push({ ...(await measure(gateway)), seconds: getElapsedSeconds(), descriptors })
      onSample?.(samples.at(-1) as Sample)
    }
    await traffic.close()
    descriptorsAtEnd = await waitUntilIdle(gateway, idle + margins.descriptors)
    atRest = await measure(gateway)
  } finally {
    await stop(gateway)
    await stop(sandbox, 'SIGKILL')
    rmSync(folder, { recursive: true })
  }
  const warm = samples.slice(Math.ceil(warmShare * samples.length))
  /** Work in progress only adds memory, so the value at rest counts if it is lower. */
  const trend = (key: 'heap' | 'buffers'): Trend => {
    const { first, last } = computeTrend(
      warm.map((sample) => sample[key]),
      margins[key],
    )
    const least = Math.min(last, atRest[key])
    return { first, last: least, isFlat: least - first <= margins[key] }
  }
  const descriptors = { first: idle, last: descriptorsAtEnd, isFlat: descriptorsAtEnd - idle <= margins.descriptors }
  return {
    ...{ samples, traffic: traffic.results, calls: calls.spacio + calls.liondesk, faults: faults.set() },
    ...{ heap: trend('heap'), buffers: trend('buffers'), descriptors },
    rejections: samples.at(-1)?.rejections ?? 0,
    exitCode: gateway.exitCode,
  }
}
