/** Waits for other processes that write to the same file, without blocking the thread. */
import { setTimeout as wait } from 'node:timers/promises'
import { createSingleFlight } from '#src/lib/single-flight.ts'
import { wrapOperations } from '../wrap-operations.ts'

const busyCode = 5
const minPauseMs = 5
const maxPauseMs = 50

export const isBusy = (error: unknown): boolean =>
  error instanceof Error && 'errcode' in error && (Number(error.errcode) & 0xff) === busyCode

/**
 * Repeats operations while another process holds the write lock. SQLite rejects such an operation without any effect.
 * After `busyTimeoutMs` the operation fails.
 */
export const withBusyRetry = <Operations extends object>(operations: Operations, busyTimeoutMs: number): Operations => {
  const pauses = createSingleFlight<void>()
  let pauseMs = minPauseMs

  /** All operations share one pause. After each pause only the first one retries, until the lock is free. */
  const waitForSharedPause = (): Promise<void> => {
    const pause = pauses.run(() => wait(pauseMs * (0.5 + Math.random() / 2)))
    pauseMs = Math.min(2 * pauseMs, maxPauseMs)
    return pause
  }

  const runWithBusyRetry = async <T>(run: () => Promise<T>): Promise<T> => {
    const deadlineMs = performance.now() + busyTimeoutMs
    for (;;) {
      try {
        const result = await run()
        pauseMs = minPauseMs
        return result
      } catch (error) {
        if (!isBusy(error) || performance.now() > deadlineMs) throw error
      }
      do await waitForSharedPause()
      while (pauses.getPending())
    }
  }

  return wrapOperations(operations, runWithBusyRetry)
}
