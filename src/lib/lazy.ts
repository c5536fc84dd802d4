/** Made when it is first asked for, and kept: a process that has just started needs little of what it can do. */
export const lazy = <Thing>(make: () => Thing): (() => Thing) => {
  let cache: { readonly thing: Thing } | undefined
  return () => {
    cache ??= { thing: make() }
    return cache.thing
  }
}

/** The same for what takes a while. What failed is tried again when it is next asked for. */
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
