/** Loaded into the gateway's process before it: says over IPC what it holds once the garbage is gone. */
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { setImmediate as nextTurn } from 'node:timers/promises'

export interface ProbeSample {
  /** Of JavaScript's heap, and of buffers outside of it, in bytes. */
  heap: number
  buffers: number
  rss: number
  /** Longest lateness of a timer since the last question, in milliseconds. */
  latest: number
  rejections: number
  /** Of this process since it began, without that of these questions, in milliseconds. */
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

/** Spent on answering here. */
let ownCpu = 0

const measure = async (): Promise<ProbeSample> => {
  const latest = delay.max / 1e6
  const startedAt = readCpu()
  const cpu = startedAt - ownCpu
  // What a finalizer lets go of goes with the second.
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
