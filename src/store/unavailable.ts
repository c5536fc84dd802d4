import { type Store, StoreUnavailable } from './store.ts'
import { wrapOperations } from './wrap-operations.ts'

const getErrorMessage = (error: unknown): string => (error instanceof Error ? error.message : String(error))

/** Converts every failure into a `StoreUnavailable`, so that callers can distinguish it from their own errors. */
export const wrapStoreErrors = (store: Store): Store =>
  wrapOperations(store, async (operation) => {
    try {
      return await operation()
    } catch (error) {
      throw new StoreUnavailable(`the store is unavailable: ${getErrorMessage(error)}`, { cause: error })
    }
  })
