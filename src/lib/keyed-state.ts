type Node<State> = Map<string, Node<State> | State>

/** One state for each key, made when it is first asked for. Keys are of configured tenants: few, and never many. */
export const createKeyed = <State>(create: () => State) => {
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
    const known = node.get(name) as State | undefined
    if (known !== undefined) return known
    const made = create()
    node.set(name, made)
    return made
  }
}
