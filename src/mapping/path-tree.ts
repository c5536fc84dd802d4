import { getOrCreate } from '#src/lib/get-or-create.ts'
import { isRecord } from './rule.ts'

/** The wire fields that a table names, as a tree: dots go into nested records. */
export interface PathTree extends Map<string, PathTree> {}

export const createPathTree = (paths: readonly string[]): PathTree => {
  const root: PathTree = new Map()
  for (const path of paths) {
    let node = root
    for (const key of path.split('.')) node = getOrCreate<string, PathTree>(node, key, () => new Map())
  }
  return root
}

/** Reports each field of a record that is not in the tree. */
export const noteUnknown = (
  record: Record<string, unknown>,
  known: PathTree,
  prefix: string,
  note: (path: string) => void,
): void => {
  for (const key of Object.keys(record)) {
    const node = known.get(key)
    const value = record[key]
    if (!node) note(prefix + key)
    else if (node.size > 0 && isRecord(value)) noteUnknown(value, node, `${prefix}${key}.`, note)
  }
}
