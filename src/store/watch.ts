import { minuteMs } from '#src/lib/units.ts'
import type { Store } from './store.ts'
import { wrapOperations } from './wrap-operations.ts'

interface StoreHealthListener {
  /** Called for each operation that failed. */
  onFailure(): void
  /** Called for the first failure, and then at most once a minute while failures continue. */
  onUnavailable(error: unknown): void
  /** Called for the first success after a reported failure. */
  onRecovery(): void
}

const reminderIntervalMs = minuteMs

/** Reports the health of a store to a listener. `isUp` is the result of the last operation. */
export const watchStore = (store: Store, listener: StoreHealthListener, now = () => performance.now()) => {
  let isUp = true
  let isReported = false
  let reportedAt = Number.NEGATIVE_INFINITY

  const recordFailure = (error: unknown): void => {
    isUp = false
    listener.onFailure()
    if (now() - reportedAt < reminderIntervalMs) return
    reportedAt = now()
    isReported = true
    listener.onUnavailable(error)
  }

  const recordSuccess = (): void => {
    isUp = true
    if (!isReported) return
    isReported = false
    listener.onRecovery()
  }

  const watchOperation = async <T>(operation: () => Promise<T>): Promise<T> => {
    try {
      const value = await operation()
      recordSuccess()
      return value
    } catch (error) {
      recordFailure(error)
      throw error
    }
  }
  const { close, ...operations } = store
  return { store: { ...wrapOperations(operations, watchOperation), close }, isUp: (): boolean => isUp }
}
