/** Returns the result of the work. Rejects with `createError()` if it takes longer than `timeoutMs`. */
export const withTimeout = <T>(work: Promise<T>, timeoutMs: number, createError: () => unknown): Promise<T> => {
  const { promise: timeout, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(() => reject(createError()), timeoutMs)
  return Promise.race([work, timeout]).finally(() => clearTimeout(timer))
}
