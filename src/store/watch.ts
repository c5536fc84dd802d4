import type { Store } from './store.ts'

export interface StoreWatch {
  /** Called for each operation that failed. */
  failed(): void
  /** Called when the first operation fails, and again at most once a minute while they go on failing. */
  lost(error: unknown): void
  /** Called when an operation succeeds after a failure that was told to `lost`. */
  back(): void
}

type Operation = (...args: unknown[]) => Promise<unknown>

const remindEveryMs = 60_000

/** The same store, whose failures are told to `watch`; `isUp` is how its last operation ended. */
export const watchStore = (store: Store, watch: StoreWatch, now = () => performance.now()) => {
  let isUp = true
  let isTold = false
  let toldAt = Number.NEGATIVE_INFINITY

  const noteFailure = (error: unknown): void => {
    isUp = false
    watch.failed()
    if (now() - toldAt < remindEveryMs) return
    toldAt = now()
    isTold = true
    watch.lost(error)
  }

  const noteSuccess = (): void => {
    isUp = true
    if (!isTold) return
    isTold = false
    watch.back()
  }

  const guard =
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
  const guarded = Object.entries(operations).map(([name, operation]) => [name, guard(operation as Operation)])
  return { store: { ...Object.fromEntries(guarded), close } as Store, isUp: (): boolean => isUp }
}
