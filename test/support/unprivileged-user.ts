/** A user who owns no files. Without root, the tests keep their own user. */
import { execFileSync } from 'node:child_process'
import { chownSync } from 'node:fs'

const isRoot = process.getuid?.() === 0

const unprivilegedId = 65_534

/** For `spawn`. */
export const unprivilegedOptions: { uid?: number; gid?: number } = isRoot
  ? { uid: unprivilegedId, gid: unprivilegedId }
  : {}

/** Creates a folder that this user can write to. */
export const giveAccess = (path: string): void => {
  if (isRoot) chownSync(path, unprivilegedId, unprivilegedId)
}

/**
 * Copies the Node that runs the tests. A separate process writes the file, because a child of another worker would
 * inherit an open file, and a program that is open for writing cannot start (ETXTBSY).
 */
export const copyNode = (path: string): void => {
  execFileSync('cp', [process.execPath, path])
}
