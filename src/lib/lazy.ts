/** Made when it is first asked for, and kept: a process that has just started needs little of what it can do. */
export const late = <Thing>(make: () => Thing): (() => Thing) => {
  let made: { readonly thing: Thing } | undefined
  return () => {
    made ??= { thing: make() }
    return made.thing
  }
}

/** The same for what takes a while. What failed is tried again when it is next asked for. */
export const lateAwaited = <Thing>(make: () => Promise<Thing>): (() => Promise<Thing>) => {
  let making: Promise<Thing> | undefined
  return () => {
    making ??= make().catch((error: unknown) => {
      making = undefined
      throw error
    })
    return making
  }
}
