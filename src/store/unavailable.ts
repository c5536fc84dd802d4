import { type Store, StoreUnavailable } from './store.ts'

type Operation = (...args: unknown[]) => Promise<unknown>

const getErrorMessage = (error: unknown): string => (error instanceof Error ? error.message : String(error))

/** Converts every failure into a `StoreUnavailable`, so that callers can distinguish it from their own errors. */
export const wrapStoreErrors = (store: Store): Store => {
  const wrapOperation =
    (operation: Operation): Operation =>
    async (...args) => {
      try {
        return await operation(...args)
      } catch (error) {
        throw new StoreUnavailable(`the store is unavailable: ${getErrorMessage(error)}`, { cause: error })
      }
    }
  const wrappedOperations = Object.entries(store).map(([name, operation]) => [name, wrapOperation(operation)])
  return Object.fromEntries(wrappedOperations)
}
