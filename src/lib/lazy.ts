/**
 * Returns a function that creates a value at its first call and caches it. Lazy values make the process start faster.
 */
export const lazy = <Thing>(make: () => Thing): (() => Thing) => {
  let cache: { readonly thing: Thing } | undefined
  return () => {
    cache ??= { thing: make() }
    return cache.thing
  }
}

/** The same for a promise. After a failure, the next call tries again. */
export const lazyAsync = <Thing>(make: () => Promise<Thing>): (() => Promise<Thing>) => {
  let pending: Promise<Thing> | undefined
  return () => {
    pending ??= make().catch((error: unknown) => {
      pending = undefined
      throw error
    })
    return pending
  }
}
