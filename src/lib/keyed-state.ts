import { getOrCreate } from './get-or-create.ts'

type Node<State> = Map<string, Node<State> | State>

const createNode = (): Node<never> => new Map()

/**
 * Creates a state for each key at its first use and never evicts it. Keys must come from the configuration, which
 * bounds their number.
 */
export const createKeyedState = <State>(create: () => State) => {
  const root: Node<State> = new Map()
  return (...parts: readonly string[]): State => {
    let node = root
    const last = parts.length - 1
    for (let at = 0; at < last; at += 1) node = getOrCreate(node, parts[at] as string, createNode) as Node<State>
    return getOrCreate(node, parts[last] as string, create) as State
  }
}
