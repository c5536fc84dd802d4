/** The command `foyer`: its help and its error messages. */
import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { promisify } from 'node:util'
import { describe, expect, test } from 'vitest'
import { commands } from '../../../cli/commands.ts'
import { startEnvironment, startFlags } from '../../../cli/start.ts'
import { runCommand } from '../../support/command.ts'

const root = `${import.meta.dirname}/../../..`
const bin = `${root}/bin/foyer.js`
const names = Object.keys(commands)

describe.each(names)('foyer %s', (name) => {
  test.each([[[name, '--help']], [[name, '-h', 'anything']], [['help', name]]])('%j teaches', async (args) => {
    const { code, out, err } = await runCommand(args)
    expect([code, err]).toEqual([0, ''])
    expect(out).toContain(`foyer ${name}`)
    expect(out).toMatch(/^ {2}exit 0 {3}\S/m)
    expect(out.split('\n').filter((line) => line.length > 120)).toEqual([])
  })

  test('an unknown option is wrong usage', async () => {
    const { code, out, err } = await runCommand([name, '--nonsense'])
    expect([code, out]).toEqual([2, ''])
    expect(err).toMatch(/--nonsense/)
    expect(err).toContain(`foyer ${name} --help`)
  })
})

test.each([[[]], [['--help']], [['-h']], [['help']]])('%j names every command and every exit code', async (args) => {
  const { code, out } = await runCommand(args)
  expect(code).toBe(0)
  for (const name of names) expect(out).toMatch(new RegExp(`^  ${name} `, 'm'))
  expect(out.match(/^ .* [0-2] {3}\S/gm)).toHaveLength(3)
})

test.each([[['nope']], [['toString']], [['help', 'nope']], [['--port', '1']]])('%j is wrong usage', async (args) => {
  expect(await runCommand(args)).toMatchObject({ code: 2, out: '', err: expect.stringContaining('foyer --help') })
})

describe('foyer openapi', () => {
  const committed = (name: string) => readFileSync(`${root}/openapi/${name}.json`, 'utf8')

  test('prints the document of this version, and those of the upstreams', async () => {
    expect(await runCommand(['openapi'])).toEqual({ code: 0, out: committed('foyer'), err: '' })
    expect((await runCommand(['openapi', 'spacio'])).out).toBe(committed('spacio'))
  })

  test('writes it to the given file', async () => {
    const path = join(mkdtempSync(join(tmpdir(), 'foyer-')), 'contract.json')
    expect(await runCommand(['openapi', '--out', path])).toEqual({ code: 0, out: '', err: '' })
    expect(readFileSync(path, 'utf8')).toBe(committed('foyer'))
    expect(await runCommand(['openapi', '--out', '/nowhere/at/all'])).toMatchObject({ code: 2 })
  })

  test.each([[['../package']], [['foyer', 'spacio']]])('%j is wrong usage', async (args) => {
    expect(await runCommand(['openapi', ...args])).toMatchObject({ code: 2, out: '' })
  })
})

test.each([
  ['demo', '--port', 'http'],
  ['demo', '--board-port', '65536'],
  ['start', 'now'],
])('%s %s %s starts nothing', async (...args) => {
  expect(await runCommand(args)).toMatchObject({ code: 2, out: '' })
})

describe('as a process', () => {
  test('a reader that reads only the first line causes no error', async () => {
    const { stdout, stderr } = await promisify(execFile)('sh', [
      '-c',
      `"$0" "$1" openapi | head -1`,
      process.execPath,
      bin,
    ])
    expect([stdout, stderr]).toEqual(['{\n', ''])
  })

  test('foyer start becomes the gateway: the same process, with its flags, ended by a signal', async () => {
    const env = { SPACIO_API_KEY: 'key', FOYER_AUTH: 'off', PORT: '0', FOYER_STORE_URL: 'memory:' }
    const child = spawn(process.execPath, [bin, 'start'], { env, stdio: ['ignore', 'pipe', 'pipe'] })
    const errors = text(child.stderr)
    await once(child.stdout, 'data')
    const line = readFileSync(`/proc/${child.pid}/cmdline`, 'utf8').split('\0')
    const given = readFileSync(`/proc/${child.pid}/environ`, 'utf8').split('\0')
    child.stdout.resume()
    child.kill('SIGTERM')
    const [code] = await once(child, 'exit')
    expect([code, await errors]).toEqual([0, ''])
    expect(line).toEqual(expect.arrayContaining([...startFlags]))
    const wanted = Object.entries(startEnvironment).map(([name, value]) => `${name}=${value}`)
    expect(given).toEqual(expect.arrayContaining([...wanted, 'SPACIO_API_KEY=key']))
  })
})
