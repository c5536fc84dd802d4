/** A user to whom nothing belongs; tests that are run as somebody else than root stay who they are. */
import { chownSync } from 'node:fs'

const isRoot = process.getuid?.() === 0

const id = 65_534

/** For `spawn`. */
export const nobody: { uid?: number; gid?: number } = isRoot ? { uid: id, gid: id } : {}

/** A folder that he may write to. */
export const give = (path: string): void => {
  if (isRoot) chownSync(path, id, id)
}
