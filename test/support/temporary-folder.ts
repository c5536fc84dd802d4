/** Gives each run a folder for the temporary files of its tests and their processes, and removes it afterwards. */
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export default (): (() => void) => {
  const folder = mkdtempSync(join(tmpdir(), 'foyer-tests-'))
  // Some tests start processes of another user.
  chmodSync(folder, 0o755)
  process.env.TMPDIR = folder
  return () => rmSync(folder, { recursive: true, force: true })
}
