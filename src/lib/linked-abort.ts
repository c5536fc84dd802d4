/**
 * Creates an abort signal that also aborts with an outer signal, until `unlink` is called. `AbortSignal.any` would retain
 * the new signal as long as the outer one exists.
 */
export const createLinkedAbort = (outer: AbortSignal) => {
  const controller = new AbortController()
  const abortWithOuter = () => controller.abort(outer.reason)
  if (outer.aborted) abortWithOuter()
  else outer.addEventListener('abort', abortWithOuter)
  return {
    signal: controller.signal,
    abort: (reason: unknown): void => controller.abort(reason),
    unlink: (): void => outer.removeEventListener('abort', abortWithOuter),
  }
}
