import type { Store } from './store.ts'

export interface StoreHealthListener {
  /** Called for each operation that failed. */
  onFailure(): void
  /** Called when the first operation fails, and again at most once a minute while they go on failing. */
  onUnavailable(error: unknown): void
  /** Called when an operation succeeds after a failure that was told to `lost`. */
  onRecovery(): void
}

type Operation = (...args: unknown[]) => Promise<unknown>

const reminderIntervalMs = 60_000

/** The same store, whose failures are told to `watch`; `isUp` is how its last operation ended. */
export const watchStore = (store: Store, listener: StoreHealthListener, now = () => performance.now()) => {
  let isUp = true
  let isReported = false
  let reportedAt = Number.NEGATIVE_INFINITY

  const noteFailure = (error: unknown): void => {
    isUp = false
    listener.onFailure()
    if (now() - reportedAt < reminderIntervalMs) return
    reportedAt = now()
    isReported = true
    listener.onUnavailable(error)
  }

  const noteSuccess = (): void => {
    isUp = true
    if (!isReported) return
    isReported = false
    listener.onRecovery()
  }

  const wrapOperation =
    (operation: Operation): Operation =>
    async (...args) => {
      try {
        const value = await operation(...args)
        noteSuccess()
        return value
      } catch (error) {
        noteFailure(error)
        throw error
      }
    }
  const { close, ...operations } = store
  const wrappedOperations = Object.entries(operations).map(([name, operation]) => [
    name,
    wrapOperation(operation as Operation),
  ])
  return { store: { ...Object.fromEntries(wrappedOperations), close } as Store, isUp: (): boolean => isUp }
}
