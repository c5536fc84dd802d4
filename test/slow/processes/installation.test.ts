/** If an installation left out a package, the command prints one sentence with the command that installs it. */
import { execFile } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, test } from 'vitest'

const root = fileURLToPath(new URL('../../..', import.meta.url))
const { dependencies, optionalDependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))

let folder: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'foyer-installation-'))
  for (const name of ['bin', 'cli', 'sandbox', 'package.json'])
    cpSync(join(root, name), join(folder, name), { recursive: true })
})

afterEach(() => rmSync(folder, { recursive: true, force: true }))

const install = (names: readonly string[]): void => {
  for (const name of names) {
    const place = join(folder, 'node_modules', name)
    mkdirSync(dirname(place), { recursive: true })
    symlinkSync(join(root, 'node_modules', name), place)
  }
}

/** As after `npm ci --ignore-scripts`. */
const installNodeWithoutItsBinary = (): void => {
  mkdirSync(join(folder, 'node_modules/node'), { recursive: true })
}

const run = (...args: string[]): Promise<{ code: number; errors: string }> =>
  new Promise((resolve) => {
    execFile(process.execPath, args, { cwd: folder }, (error, _output, errors) => {
      resolve({ code: Number(error?.code ?? 0), errors })
    })
  })

const check = 'bin/installation.js'

test('a whole installation passes', async () => {
  install(['node', 'typescript', ...Object.keys(optionalDependencies)])
  expect(await run(check)).toEqual({ code: 0, errors: '' })
})

test('no package was installed', async () => {
  expect(await run(check)).toEqual({
    code: 1,
    errors: 'The packages that tests need are not installed. Run: npm ci\n',
  })
})

test('--ignore-scripts: the check before the tests, and the command itself under an older Node', async () => {
  install(['typescript', ...Object.keys(optionalDependencies)])
  installNodeWithoutItsBinary()
  const sentence =
    /^The Node version that Foyer runs on is not installed: npm ci ran with --ignore-scripts\. Run: npm rebuild node.*\n$/
  expect(await run(check)).toEqual({ code: 1, errors: expect.stringMatching(sentence) })
  writeFileSync(
    join(folder, 'older.js'),
    "Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '20.9.0' } })\n",
  )
  const older = ['--import', './older.js', 'bin/foyer.js', 'start']
  expect(await run(...older)).toEqual({ code: 2, errors: expect.stringMatching(sentence) })
  rmSync(join(folder, 'node_modules/node'), { recursive: true })
  expect(await run(...older)).toEqual({ code: 2, errors: 'Foyer needs Node 24 or newer; this is 20.9.0.\n' })
})

test('--omit=optional: the check before the tests, and the simulated upstreams', async () => {
  install(['node', 'typescript', ...Object.keys(dependencies)])
  const checked = await run(check)
  expect(checked).toEqual({
    code: 1,
    errors: expect.stringMatching(/npm ci ran with --omit=optional\. Run: npm ci --inc/),
  })
  for (const name of Object.keys(optionalDependencies)) expect(checked.errors).toContain(name)
  const started = await run('--disable-warning=ExperimentalWarning', 'sandbox/server.ts', '--spacio-port', '0')
  expect(started.code).toBe(1)
  expect(started.errors).toMatch(/^The simulated upstreams need the package @[\w/]+, which is not installed: npm left/)
  expect(started.errors.split('\n')).toHaveLength(2)
})
