/** Waits for other processes that write to the same file, without blocking the thread. */
import { setTimeout as wait } from 'node:timers/promises'

const busyCode = 5
const minPauseMs = 5
const maxPauseMs = 50

type Operation = (...args: never[]) => Promise<unknown>

export const isBusy = (error: unknown): boolean =>
  error instanceof Error && 'errcode' in error && (Number(error.errcode) & 0xff) === busyCode

/**
 * Repeats operations while another process holds the write lock. SQLite rejects such an operation without any effect.
 * After `busyTimeoutMs` the operation fails.
 */
export const withBusyRetry = <Operations extends object>(operations: Operations, busyTimeoutMs: number): Operations => {
  let pause: Promise<void> | null = null
  let pauseMs = minPauseMs

  /** All operations share one pause. After each pause only the first one retries, until the lock is free. */
  const waitForSharedPause = (): Promise<void> => {
    pause ??= wait(pauseMs * (0.5 + Math.random() / 2)).then(() => {
      pause = null
    })
    pauseMs = Math.min(2 * pauseMs, maxPauseMs)
    return pause
  }

  const runWithBusyRetry = async (run: () => Promise<unknown>): Promise<unknown> => {
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
      while (pause)
    }
  }

  const wrappedOperations = Object.entries(operations).map(([name, operation]) => [
    name,
    (...args: never[]) => runWithBusyRetry(() => (operation as Operation)(...args)),
  ])
  return Object.fromEntries(wrappedOperations)
}
