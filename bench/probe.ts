/** Loaded into the gateway's process before it: says over IPC what it holds once the garbage is gone. */
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { setImmediate as nextTurn } from 'node:timers/promises'

export interface Holding {
  /** Of JavaScript's heap, and of buffers outside of it, in bytes. */
  heap: number
  buffers: number
  rss: number
  /** Longest lateness of a timer since the last question, in milliseconds. */
  latest: number
  rejections: number
}

const delay = monitorEventLoopDelay({ resolution: 10 })
delay.enable()

let rejections = 0
process.on('unhandledRejection', () => {
  rejections += 1
})

const measure = async (): Promise<Holding> => {
  const latest = delay.max / 1e6
  // What a finalizer lets go of goes with the second.
  globalThis.gc?.()
  await nextTurn()
  globalThis.gc?.()
  delay.reset()
  const { heapUsed, external, rss } = process.memoryUsage()
  return { heap: heapUsed, buffers: external, rss, latest, rejections }
}

process.on('message', async (question) => {
  if (question === 'measure') process.send?.(await measure())
})
