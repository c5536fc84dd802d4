/** A user to whom nothing belongs; tests that are run as somebody else than root stay who they are. */
import { execFileSync } from 'node:child_process'
import { chownSync } from 'node:fs'

const isRoot = process.getuid?.() === 0

const unprivilegedId = 65_534

/** For `spawn`. */
export const unprivilegedOptions: { uid?: number; gid?: number } = isRoot
  ? { uid: unprivilegedId, gid: unprivilegedId }
  : {}

/** A folder that he may write to. */
export const giveAccess = (path: string): void => {
  if (isRoot) chownSync(path, unprivilegedId, unprivilegedId)
}

/**
 * Copies the Node that runs the tests. A process of its own writes the file: a child that another worker starts meanwhile
 * would inherit our open file, and a program that is open for writing cannot be started (ETXTBSY).
 */
export const copyNode = (path: string): void => {
  execFileSync('cp', [process.execPath, path])
}
