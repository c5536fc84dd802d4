/** One state for each key, made when it is first asked for. Keys are of configured tenants: few, and never many. */
export const createKeyed = <State>(create: () => State) => {
  const states = new Map<string, State>()
  return (...parts: readonly string[]): State => {
    const key = JSON.stringify(parts)
    const known = states.get(key)
    if (known !== undefined) return known
    const made = create()
    states.set(key, made)
    return made
  }
}
