/** Made when it is first asked for, and kept: a process that has just started needs little of what it can do. */
export const late = <Thing>(make: () => Thing): (() => Thing) => {
  let made: { readonly thing: Thing } | undefined
  return () => {
    made ??= { thing: make() }
    return made.thing
  }
}
