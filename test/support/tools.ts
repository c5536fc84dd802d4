import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

const caches = join(import.meta.dirname, '../../node_modules/.cache')

/** Installs an exact version of a package that the project does not depend on, and returns its folder. */
export const installTool = async (name: string, version: string): Promise<string> => {
  const home = join(caches, `${name}-${version}`)
  const folder = join(home, 'node_modules', name)
  if (existsSync(folder)) return folder
  const options = ['--no-save', '--prefer-offline', '--no-audit', '--no-fund', '--ignore-scripts']
  await run('npm', ['install', '--prefix', home, ...options, `${name}@${version}`])
  return folder
}
