export type Give<T> = (value: T) => Promise<void>

/**
 * What `produce` gives, to be pulled: `give` waits until the next one is asked for, so that nothing runs ahead of its
 * reader. Whoever stops reading aborts the signal.
 */
export async function* pulled<T>(
  outer: AbortSignal,
  produce: (give: Give<T>, signal: AbortSignal) => Promise<void>,
): AsyncGenerator<T, void> {
  const leaving = new AbortController()
  const follow = () => leaving.abort(outer.reason)
  let given = promised<IteratorResult<T, void>>()
  let wanted = promised<void>()

  const give: Give<T> = (value) => {
    given.resolve({ done: false, value })
    return wanted.promise
  }
  // Whatever ends the production wakes it, wherever it waits: it may have ended without knowing.
  const end = (error: unknown): void => {
    given.reject(error)
    wanted.reject(error)
  }

  if (outer.aborted) follow()
  else outer.addEventListener('abort', follow)
  leaving.signal.addEventListener('abort', () => wanted.reject(leaving.signal.reason))
  produce(give, leaving.signal).then(() => given.resolve({ done: true, value: undefined }), end)
  try {
    for (;;) {
      const { done, value } = await given.promise
      if (done) return
      const goOn = wanted.resolve
      given = promised()
      yield value
      wanted = promised()
      goOn()
    }
  } finally {
    outer.removeEventListener('abort', follow)
    leaving.abort(new Error('nobody reads on'))
  }
}

/** One that may fail unseen. */
const promised = <T>() => {
  const { promise, resolve, reject } = Promise.withResolvers<T>()
  promise.catch(() => {})
  return { promise, resolve, reject }
}
