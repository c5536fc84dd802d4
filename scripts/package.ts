/**
 * Makes `dist/`, which a package carries in place of the sources: Node strips no types under `node_modules`. It is laid
 * out as the sources are, and maps `#src/…` and `#schemas/…` to itself. With `--clean` it goes again.
 */
import { spawnSync } from 'node:child_process'
import { rmSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const dist = `${root}dist`

const imports = { '#schemas/*.ts': './schemas/*.js', '#src/*.ts': './src/*.js' }

rmSync(dist, { recursive: true, force: true })

if (!process.argv.includes('--clean')) {
  const compiler = `${root}node_modules/typescript/bin/tsc`
  const { status } = spawnSync(process.execPath, [compiler, '-p', `${root}tsconfig.package.json`], { stdio: 'inherit' })
  process.exitCode = status ?? 1
  if (status === 0) writeFileSync(`${dist}/package.json`, `${JSON.stringify({ type: 'module', imports }, null, 2)}\n`)
}
