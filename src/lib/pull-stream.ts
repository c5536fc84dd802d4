import { createLinkedAbort } from './linked-abort.ts'

type Emit<T> = (value: T) => Promise<void>

/**
 * Returns the values of `produce` as an async generator with backpressure: `emit` resolves when the reader requests the
 * next value. If the reader stops, `signal` aborts.
 */
export async function* createPullStream<T>(
  outer: AbortSignal,
  produce: (emit: Emit<T>, signal: AbortSignal) => Promise<void>,
): AsyncGenerator<T, void> {
  const { signal, abort, unlink } = createLinkedAbort(outer)
  let nextValue = createDeferred<IteratorResult<T, void>>()
  let demand = createDeferred<void>()

  const emit: Emit<T> = (value) => {
    nextValue.resolve({ done: false, value })
    return demand.promise
  }
  // A failure must also reject a pending `emit`, because the producer may still wait there.
  const fail = (error: unknown): void => {
    nextValue.reject(error)
    demand.reject(error)
  }

  signal.addEventListener('abort', () => demand.reject(signal.reason))
  produce(emit, signal).then(() => nextValue.resolve({ done: true, value: undefined }), fail)
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
    unlink()
    abort(new Error('the reader has stopped'))
  }
}

/** Creates a promise whose rejection does not count as unhandled. */
const createDeferred = <T>() => {
  const { promise, resolve, reject } = Promise.withResolvers<T>()
  promise.catch(() => {})
  return { promise, resolve, reject }
}
