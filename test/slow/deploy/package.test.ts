/** The package, installed outside the repository: its command runs there without type stripping. */
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { copyNode, giveAccess, unprivilegedOptions } from '../../support/unprivileged-user.ts'

const run = promisify(execFile)

const root = fileURLToPath(new URL('../../..', import.meta.url))

let folder: string
let npx: (...args: string[]) => [string, string[], object]

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'foyer-package-'))
  chmodSync(folder, 0o755)
  await run('npm', ['pack', '--pack-destination', folder], { cwd: root })
  writeFileSync(join(folder, 'package.json'), '{"private": true}')
  const options = ['--prefer-offline', '--no-audit', '--no-fund', '--ignore-scripts']
  await run('npm', ['install', ...options, './foyer-gateway-0.1.0.tgz'], { cwd: folder })
  // A copy of Node, because other users may not have access to the repository's folder.
  const runtime = join(folder, 'runtime')
  mkdirSync(runtime)
  copyNode(join(runtime, 'node'))
  const env = {
    PATH: `${runtime}:${process.env.PATH}`,
    HOME: folder,
    TMPDIR: folder,
    npm_config_update_notifier: 'false',
  }
  giveAccess(folder)
  npx = (...args) => ['npx', ['--no-install', 'foyer', ...args], { cwd: folder, env, ...unprivilegedOptions }]
}, 300_000)

afterAll(() => rm(folder, { recursive: true, force: true }), 240_000)

test('it contains JavaScript, the documents and the page, and packing leaves no files behind', () => {
  const installed = join(folder, 'node_modules/foyer-gateway')
  expect(readdirSync(installed).sort()).toEqual(
    ['LICENSE', 'README.md', 'bin', 'dist', 'docs', 'examples', 'openapi', 'package.json'].sort(),
  )
  expect(readdirSync(join(installed, 'dist')).sort()).toEqual([
    'LICENCES.md',
    'chunks',
    'cli',
    'package.json',
    'sandbox',
    'src',
  ])
  expect(
    readdirSync(join(installed, 'dist'), { recursive: true }).filter((name) => String(name).endsWith('.ts')),
  ).toEqual([])
  expect(existsSync(join(root, 'dist'))).toBe(false)
})

test('the document that it prints is the one of the repository', async () => {
  const { stdout } = await run(...npx('openapi'))
  expect(stdout).toBe(readFileSync(join(root, 'openapi/foyer.json'), 'utf8'))
})

/** The output until it prints how to stop it. */
const printedBy = async (child: ChildProcess): Promise<string> => {
  let printed = ''
  for await (const chunk of child.stdout ?? []) {
    printed += chunk
    if (printed.includes('Ctrl-C')) break
  }
  return printed
}

test('npx foyer demo: a printed curl command works, and foyer verify succeeds', {
  timeout: 240_000,
}, async () => {
  const ports = ['--port', '--spacio-port', '--liondesk-port', '--board-port'].flatMap((name) => [name, '0'])
  const [command, args, options] = npx('demo', ...ports, '--leads', '500')
  const demo = spawn(command, args, { ...options, stdio: ['ignore', 'pipe', 'inherit'], detached: true })
  const ended = once(demo, 'exit')
  try {
    const printed = await printedBy(demo)
    const [line = ''] = printed.match(/curl '[^']+\/properties\/10101'.*$/m) ?? []
    const { stdout } = await run('sh', ['-c', `${line} --silent --show-error --fail`])
    expect(JSON.parse(stdout)).toMatchObject({ sid: 10101 })

    const [url = ''] = printed.match(/http:\/\/127\.0\.0\.1:\d+/) ?? []
    const [key = ''] = printed.match(/fk_demo_brokerage\w+/) ?? []
    const verified = await run(...npx('verify', '--url', url, '--key', key, '--only', 'getProperty', '--json'))
    expect(JSON.parse(verified.stdout)).toMatchObject({ exitCode: 0, counts: { broken: 0, failed: 0 } })
    const board = printed.match(/live page that uses only the API: {2}(http:\S+)/)?.[1] ?? ''
    expect((await fetch(board)).status).toBe(200)
  } finally {
    process.kill(-(demo.pid ?? 0), 'SIGTERM')
    await ended
  }
})
