/** In a checkout, the command caches compiled code if it can write the cache. */
import { execFile } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterEach, beforeEach, expect, test } from 'vitest'

const run = promisify(execFile)

let root: string

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'foyer-checkout-'))
  writeFileSync(join(root, 'package.json'), '{"type": "module"}')
  cpSync(join(import.meta.dirname, '../../../bin'), join(root, 'bin'), { recursive: true })
  mkdirSync(join(root, 'cli'))
  const main = `export const main = async (): Promise<number> => {
    process.stdout.write(process.env.NODE_COMPILE_CACHE ?? 'none')
    return 0
  }`
  writeFileSync(join(root, 'cli/main.ts'), main)
})

afterEach(() => rmSync(root, { recursive: true, force: true }))

const printed = async (): Promise<string> => {
  const { NODE_COMPILE_CACHE: _, ...env } = process.env
  const { stdout } = await run(process.execPath, ['--no-warnings', join(root, 'bin/foyer.js')], {
    env,
    timeout: 20_000,
  })
  return stdout
}

test('it is stored beside the packages, and child processes get its path', async () => {
  mkdirSync(join(root, 'node_modules'))
  expect(await printed()).toBe(join(root, 'node_modules/.cache/foyer'))
  expect(readdirSync(join(root, 'node_modules/.cache/foyer'))).toHaveLength(1)
})

test.each([
  ['there are no packages', () => {}],
  ['a file is in the way', () => writeFileSync(join(root, 'node_modules'), '')],
  // Node 24.21 itself would retry forever.
  ['a folder cannot be made, and does not say so', () => symlinkSync('/proc', join(root, 'node_modules'))],
])('it goes on where %s', async (_, prepare) => {
  prepare()
  expect(await printed()).toBe('none')
})
