export type Emit<T> = (value: T) => Promise<void>

/**
 * What `produce` gives, to be pulled: `give` waits until the next one is asked for, so that nothing runs ahead of its
 * reader. Whoever stops reading aborts the signal.
 */
export async function* createPullStream<T>(
  outer: AbortSignal,
  produce: (emit: Emit<T>, signal: AbortSignal) => Promise<void>,
): AsyncGenerator<T, void> {
  const readerAbort = new AbortController()
  const abortWithOuter = () => readerAbort.abort(outer.reason)
  let nextValue = createDeferred<IteratorResult<T, void>>()
  let demand = createDeferred<void>()

  const emit: Emit<T> = (value) => {
    nextValue.resolve({ done: false, value })
    return demand.promise
  }
  // Whatever ends the production wakes it, wherever it waits: it may have ended without knowing.
  const fail = (error: unknown): void => {
    nextValue.reject(error)
    demand.reject(error)
  }

  if (outer.aborted) abortWithOuter()
  else outer.addEventListener('abort', abortWithOuter)
  readerAbort.signal.addEventListener('abort', () => demand.reject(readerAbort.signal.reason))
  produce(emit, readerAbort.signal).then(() => nextValue.resolve({ done: true, value: undefined }), fail)
  try {
    for (;;) {
      const { done, value } = await nextValue.promise
      if (done) return
      const resumeProducer = demand.resolve
      nextValue = createDeferred()
      yield value
      demand = createDeferred()
      resumeProducer()
    }
  } finally {
    outer.removeEventListener('abort', abortWithOuter)
    readerAbort.abort(new Error('nobody reads on'))
  }
}

/** One that may fail unseen. */
const createDeferred = <T>() => {
  const { promise, resolve, reject } = Promise.withResolvers<T>()
  promise.catch(() => {})
  return { promise, resolve, reject }
}
