/** Runs one round: fresh processes with the same warm-up, measured in alternating windows. */
import type { ChildProcess } from 'node:child_process'
import { freePort, stop } from '../processes.ts'
import type { Contender } from './contenders/index.ts'
import { createLoad, type Figures, getPercentile, type Load } from './load.ts'
import type { Surroundings } from './surroundings.ts'
import type { Upstream } from './upstream.ts'
import { pinProcess, readCpu, readMemory } from './usage.ts'

/** Reserved for the process under test. */
const core = 0

export interface Result {
  /** Milliseconds of processor time per response. */
  readonly cpu: number
  /** The same while 32 clients each send their next request as soon as they have a response. */
  readonly saturatedCpu: number
  /** MB after the last response. */
  readonly memory: number
  readonly rate: number
  readonly p50: number
  /**
   * The median of the windows. A pause of the machine delays at most as many requests as may be pending: more than 1 %
   * at a low rate and less at a high one. Over all windows, p99 would therefore measure the rate.
   */
  readonly p99: number
  readonly refused: number
  /** Upstream calls per response. */
  readonly calls: number
}

export interface Pace {
  /** The maximum warm-up in milliseconds. */
  readonly warmMs: number
  /** Milliseconds of each measured window. */
  readonly windowMs: number
  readonly windows: number
}

/** The target share of the core. Measurements use half of the maximum rate. */
const targetUtilisation = { warming: 0.7, measuring: 0.5 }

/** The interval between cost estimates. */
const stepMs = 250

/** The load has a resolution of one millisecond and must stay far from its own limit. */
const maxRate = 4_000

const initialRate = 50

interface MeasuredContender {
  readonly contender: Contender
  readonly child: ChildProcess
  readonly load: Load
  rate: number
  /** The estimated number of responses per second of processor time. */
  peak: number
  readonly total: { cpu: number; calls: number; figures: Figures; windowP99s: number[] }
}

interface Window {
  readonly figures: Figures
  readonly cpu: number
  readonly calls: number
}

const measureOnce = async (
  { contender, child, load, rate }: MeasuredContender,
  upstream: Upstream,
  ms: number,
): Promise<Window> => {
  await upstream.send(contender.bytes)
  const [cpu, calls] = [readCpu(child.pid as number), await upstream.calls()]
  const figures = await load.run(rate, ms)
  return { figures, cpu: readCpu(child.pid as number) - cpu, calls: (await upstream.calls()) - calls }
}

/** Warms up the process and finds the rate that uses half of its core. */
const warm = async (measured: MeasuredContender, upstream: Upstream, { warmMs }: Pace): Promise<void> => {
  const until = performance.now() + warmMs
  let answered = 0
  while (answered < measured.contender.warmUp && performance.now() < until) {
    const { cpu, figures } = await measureOnce(measured, upstream, stepMs)
    answered += figures.answered
    if (figures.answered === 0) throw new Error(`${measured.contender.title} answers nothing`)
    const affordable = (1000 * figures.answered) / cpu
    measured.peak = (measured.peak + affordable) / 2
    measured.rate = Math.min(maxRate, targetUtilisation.warming * affordable)
  }
  measured.rate = Math.min(maxRate, targetUtilisation.measuring * measured.peak)
}

const add = ({ total }: MeasuredContender, { figures, cpu, calls }: Window): void => {
  total.cpu += cpu
  total.calls += calls
  total.figures.answered += figures.answered
  total.figures.refused += figures.refused
  total.figures.times.push(...figures.times)
  total.windowP99s.push(getPercentile(figures.times, 0.99))
}

/** Returns milliseconds of processor time per response of a closed loop. */
const measureSaturated = async (
  { contender, child, load, peak }: MeasuredContender,
  { upstream, pace }: RoundOptions,
): Promise<number> => {
  await upstream.send(contender.bytes)
  const cpu = readCpu(child.pid as number)
  const { answered } = await load.runBatch(Math.ceil((peak * pace.windowMs) / 1000))
  return (readCpu(child.pid as number) - cpu) / answered
}

const toResult = (
  { child, rate, total: { cpu, calls, figures, windowP99s } }: MeasuredContender,
  saturatedCpu: number,
): Result => ({
  cpu: cpu / figures.answered,
  saturatedCpu,
  memory: readMemory(child.pid as number).now,
  rate,
  p50: getPercentile(figures.times, 0.5),
  p99: getPercentile(windowP99s, 0.5),
  refused: figures.refused,
  calls: calls / figures.answered,
})

export interface RoundOptions extends Surroundings {
  readonly pace: Pace
  readonly nodeFlags?: readonly string[]
}

const startContender = async (
  contender: Contender,
  { upstream, folder, pace, nodeFlags = [] }: RoundOptions,
): Promise<MeasuredContender> => {
  const port = await freePort()
  const prefix = pinProcess(core)
  const child = await contender.start({ port, upstream: upstream.port, folder, prefix, nodeFlags })
  const load = createLoad(port, contender.requests, contender.isConditional)
  const total = { cpu: 0, calls: 0, figures: { answered: 0, refused: 0, times: [] }, windowP99s: [] }
  const measured = { contender, child, load, rate: initialRate, peak: initialRate, total }
  await warm(measured, upstream, pace)
  return measured
}

export const runRound = async (contenders: readonly Contender[], options: RoundOptions): Promise<Result[]> => {
  const all: MeasuredContender[] = []
  for (const contender of contenders) all.push(await startContender(contender, options))
  for (let window = 0; window < options.pace.windows; window += 1) {
    for (const each of all) add(each, await measureOnce(each, options.upstream, options.pace.windowMs))
  }
  const results: Result[] = []
  for (const each of all) {
    results.push(toResult(each, await measureSaturated(each, options)))
    await each.load.close()
    await stop(each.child)
  }
  return results
}
