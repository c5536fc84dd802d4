/** Preloaded into the gateway's process. It reports memory after garbage collection over IPC. */
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { setImmediate as nextTurn } from 'node:timers/promises'

export interface ProbeSample {
  /** Bytes of the JavaScript heap and of external buffers. */
  heap: number
  buffers: number
  rss: number
  /** The longest timer delay since the last report, in milliseconds. */
  latest: number
  rejections: number
  /** Processor time since the start in milliseconds, without that of these reports. */
  cpu: number
}

const delay = monitorEventLoopDelay({ resolution: 10 })
delay.enable()

let rejections = 0
process.on('unhandledRejection', () => {
  rejections += 1
})

const readCpu = (): number => {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}

/** Processor time of the reports. */
let ownCpu = 0

const measure = async (): Promise<ProbeSample> => {
  const latest = delay.max / 1e6
  const startedAt = readCpu()
  const cpu = startedAt - ownCpu
  // The second collection frees what finalizers released.
  globalThis.gc?.()
  await nextTurn()
  globalThis.gc?.()
  delay.reset()
  const { heapUsed, external, rss } = process.memoryUsage()
  ownCpu += readCpu() - startedAt
  return { heap: heapUsed, buffers: external, rss, latest, rejections, cpu }
}

process.on('message', async (question) => {
  if (question === 'measure') process.send?.(await measure())
})
