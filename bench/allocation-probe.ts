/** Preloaded into a measured process. It reports the size of the heap over IPC. */
import { PerformanceObserver } from 'node:perf_hooks'
import { setTimeout as wait } from 'node:timers/promises'

export interface AllocationSample {
  /** Bytes of the JavaScript heap. */
  readonly heap: number
  /** The number of garbage collections so far. */
  readonly collections: number
}

let collections = 0
const observer = new PerformanceObserver((list) => {
  collections += list.getEntries().length
})
observer.observe({ entryTypes: ['gc'] })

/** Node reports collections in a later turn of the event loop. */
const waitForReports = () => wait(20)

process.on('message', async (question) => {
  if (question === 'collect') globalThis.gc?.()
  await waitForReports()
  process.send?.({ heap: process.memoryUsage().heapUsed, collections } satisfies AllocationSample)
})
