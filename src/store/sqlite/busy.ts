/** Waits for other processes that write to the same file, without blocking the thread. */
import { setTimeout as wait } from 'node:timers/promises'

const busyCode = 5
const minPauseMs = 5
const maxPauseMs = 50

type Operation = (...args: never[]) => Promise<unknown>

export const isBusy = (error: unknown): boolean =>
  error instanceof Error && 'errcode' in error && (Number(error.errcode) & 0xff) === busyCode

/**
 * Operations that are repeated while another process holds the write lock. SQLite has done nothing of an operation that
 * it refuses as busy. After `patienceMs` the operation fails.
 */
export const waitWhileBusy = <Operations extends object>(operations: Operations, patienceMs: number): Operations => {
  let pause: Promise<void> | null = null
  let pauseMs = minPauseMs

  /** All who wait, wait together: after each pause only the first one tries, until the lock is free. */
  const pauseTogether = (): Promise<void> => {
    pause ??= wait(pauseMs * (0.5 + Math.random() / 2)).then(() => {
      pause = null
    })
    pauseMs = Math.min(2 * pauseMs, maxPauseMs)
    return pause
  }

  const runPatiently = async (run: () => Promise<unknown>): Promise<unknown> => {
    const deadline = performance.now() + patienceMs
    for (;;) {
      try {
        const result = await run()
        pauseMs = minPauseMs
        return result
      } catch (error) {
        if (!isBusy(error) || performance.now() > deadline) throw error
      }
      do await pauseTogether()
      while (pause)
    }
  }

  const patient = Object.entries(operations).map(([name, operation]) => [
    name,
    (...args: never[]) => runPatiently(() => (operation as Operation)(...args)),
  ])
  return Object.fromEntries(patient)
}
