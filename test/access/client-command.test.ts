/** `npm run client`: a key is issued, taken by a gateway, changed and withdrawn. */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { loadConfig } from '#src/config.ts'
import { hashOf } from '../support/clients.ts'

const script = new URL('../../scripts/client.ts', import.meta.url).pathname

const run = (...args: string[]) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, ...args], { encoding: 'utf8' })
  return { status, stdout: stdout.trim(), stderr }
}

const folder = () => mkdtempSync(join(tmpdir(), 'foyer-'))

const clientsIn = (path: string) =>
  loadConfig({ SPACIO_API_KEY: 'key', FOYER_CLIENTS_FILE: path }).tenants[0]?.clients ?? []

test('create, rotate, retire, remove', () => {
  const path = join(folder(), 'clients.json')
  const on = (command: string, ...args: string[]) => run(command, '--file', path, '--id', 'web', ...args)

  const first = on('create', '--scopes', 'leads:read,properties:read', '--brokerages', 'b1, b2', '--agents', '*')
  expect(first).toMatchObject({ status: 0, stdout: expect.stringMatching(/^fk_[\w-]{43}$/) })
  expect(clientsIn(path)).toMatchObject([
    {
      id: 'web',
      keyHashes: [hashOf(first.stdout)],
      scopes: ['leads:read', 'properties:read'],
      grants: { brokerages: new Set(['b1', 'b2']), agents: '*', teams: new Set(), connections: new Set() },
    },
  ])
  expect(readFileSync(path, 'utf8')).not.toContain(first.stdout)
  expect(statSync(path).mode & 0o077).toBe(0)

  const second = on('rotate')
  expect(clientsIn(path)[0]?.keyHashes).toEqual([first, second].map(({ stdout }) => hashOf(stdout)))
  expect(on('retire').status).toBe(0)
  expect(clientsIn(path)[0]?.keyHashes).toEqual([hashOf(second.stdout)])
  expect(JSON.parse(run('list', '--file', path).stdout)).toMatchObject([{ id: 'web', keys: 1 }])
  expect(on('remove').status).toBe(0)
  expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual({ clients: [] })
})

test('in a file of tenants, for the one that is named', () => {
  const path = join(folder(), 'tenants.json')
  writeFileSync(path, JSON.stringify({ tenants: [{ id: 'north', spacio: { apiKey: 'k' } }] }))
  const create = ['create', '--file', path, '--id', 'web', '--scopes', '*']
  expect(run(...create).stderr).toMatch(/--tenant is needed/)
  expect(run(...create, '--tenant', 'south').stderr).toMatch(/no tenant south/)
  const { stdout } = run(...create, '--tenant', 'north')
  const [tenant] = loadConfig({ FOYER_TENANTS_FILE: path }).tenants
  expect(tenant?.clients[0]?.keyHashes).toEqual([hashOf(stdout)])
})

test.for<[string, string[], RegExp]>([
  ['an unknown scope', ['create', '--id', 'web', '--scopes', 'leads:write'], /scopes\/0 must be/],
  ['no scopes', ['create', '--id', 'web'], /--scopes is needed/],
  ['no name', ['create', '--scopes', '*'], /--id is needed/],
  ['an unknown client', ['rotate', '--id', 'web'], /no client web/],
  ['an unknown command', ['make'], /no command make/],
])('%s: a sentence, a code, and no file', ([, args, message]) => {
  const path = join(folder(), 'clients.json')
  const result = run(...args, '--file', path)
  expect(result).toMatchObject({ status: 1, stdout: '' })
  expect(result.stderr).toMatch(message)
  expect(result.stderr).not.toMatch(/\n\s+at /)
  expect(() => statSync(path)).toThrow()
})

test('help teaches', () => {
  expect(run('--help')).toMatchObject({ status: 0, stdout: expect.stringContaining('npm run client -- create') })
})
