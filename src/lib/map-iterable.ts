/**
 * Returns an iterable whose values come from `next`. Stopping it stops the source, even before the first value. A
 * generator that has not started would not forward `return` to its source.
 */
export const wrapIterable = <T, U>(
  source: AsyncIterable<T>,
  next: (iterator: AsyncIterator<T>) => Promise<IteratorResult<U, undefined>>,
): AsyncIterable<U> => {
  const iterator = source[Symbol.asyncIterator]()
  return {
    [Symbol.asyncIterator]: () => ({
      next: () => next(iterator),
      return: async () => {
        await iterator.return?.()
        return { done: true, value: undefined }
      },
    }),
  }
}

/** Converts each value of an iterable. */
export const mapIterable = <T, U>(source: AsyncIterable<T>, convert: (value: T) => U): AsyncIterable<U> =>
  wrapIterable(source, async (iterator) => {
    const { done, value } = await iterator.next()
    return done ? { done, value: undefined } : { value: convert(value) }
  })
