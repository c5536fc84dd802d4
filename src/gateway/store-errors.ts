import { Problem } from '#src/problems.ts'
import { StoreUnavailable } from '#src/store/store.ts'

export const createStoreProblem = (cause: unknown): Problem => {
  const detail = 'The gateway’s store is temporarily unavailable.'
  return new Problem('upstream-unavailable', { detail, retryAfter: 5, cause })
}

/** Throws `upstream-unavailable` if the store is unavailable. */
export const mapStoreErrors = async <T>(step: () => Promise<T>): Promise<T> => {
  try {
    return await step()
  } catch (error) {
    throw error instanceof StoreUnavailable ? createStoreProblem(error) : error
  }
}
