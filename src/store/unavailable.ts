import { type Store, StoreUnavailable } from './store.ts'

type Operation = (...args: unknown[]) => Promise<unknown>

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

/** Every failure of an operation becomes a `StoreUnavailable`, so that callers can tell it from their own. */
export const failUnavailable = (store: Store): Store => {
  const guard =
    (operation: Operation): Operation =>
    async (...args) => {
      try {
        return await operation(...args)
      } catch (error) {
        throw new StoreUnavailable(`the store is unavailable: ${reasonOf(error)}`, { cause: error })
      }
    }
  const guarded = Object.entries(store).map(([name, operation]) => [name, guard(operation)])
  return Object.fromEntries(guarded)
}
