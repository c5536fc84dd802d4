type Node<State> = Map<string, Node<State> | State>

/**
 * Creates a state for each key at its first use and never evicts it. Keys must come from the configuration, which
 * bounds their number.
 */
export const createKeyedState = <State>(create: () => State) => {
  const root: Node<State> = new Map()
  return (...parts: readonly string[]): State => {
    let node = root
    const last = parts.length - 1
    for (let at = 0; at < last; at += 1) {
      const part = parts[at] as string
      let child = node.get(part) as Node<State> | undefined
      if (child === undefined) {
        child = new Map()
        node.set(part, child)
      }
      node = child
    }
    const name = parts[last] as string
    const existing = node.get(name) as State | undefined
    if (existing !== undefined) return existing
    const created = create()
    node.set(name, created)
    return created
  }
}
