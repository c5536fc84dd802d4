/** `foyer client`: a key is issued, taken by a gateway, changed and withdrawn. */
import { mkdtempSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { loadConfig } from '#src/config.ts'
import { hashOf } from '../support/clients.ts'
import { runCommand } from '../support/command.ts'

const run = async (...args: string[]) => {
  const { code, out, err } = await runCommand(['client', ...args])
  return { code, out: out.trim(), err }
}

const folder = () => mkdtempSync(join(tmpdir(), 'foyer-'))

const clientsIn = (path: string) =>
  loadConfig({ SPACIO_API_KEY: 'key', FOYER_CLIENTS_FILE: path }).tenants[0]?.clients ?? []

test('create, rotate, retire, remove', async () => {
  const path = join(folder(), 'clients.json')
  const on = (command: string, ...args: string[]) => run(command, '--file', path, '--id', 'web', ...args)

  const first = await on('create', '--scopes', 'leads:read,properties:read', '--brokerages', 'b1, b2', '--agents', '*')
  expect(first).toMatchObject({ code: 0, out: expect.stringMatching(/^fk_[\w-]{43}$/) })
  expect(clientsIn(path)).toMatchObject([
    {
      id: 'web',
      keyHashes: [hashOf(first.out)],
      scopes: ['leads:read', 'properties:read'],
      grants: { brokerages: new Set(['b1', 'b2']), agents: '*', teams: new Set(), connections: new Set() },
    },
  ])
  expect(readFileSync(path, 'utf8')).not.toContain(first.out)
  expect(statSync(path).mode & 0o077).toBe(0)

  const second = await on('rotate')
  expect(clientsIn(path)[0]?.keyHashes).toEqual([first, second].map(({ out }) => hashOf(out)))
  expect((await on('retire')).code).toBe(0)
  expect(clientsIn(path)[0]?.keyHashes).toEqual([hashOf(second.out)])
  expect(JSON.parse((await run('list', '--file', path)).out)).toMatchObject([{ id: 'web', keys: 1 }])
  expect((await on('remove')).code).toBe(0)
  expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual({ clients: [] })
})

test('in a file of tenants, for the one that is named', async () => {
  const path = join(folder(), 'tenants.json')
  writeFileSync(path, JSON.stringify({ tenants: [{ id: 'north', spacio: { apiKey: 'k' } }] }))
  const create = ['create', '--file', path, '--id', 'web', '--scopes', '*']
  expect((await run(...create)).err).toMatch(/--tenant is needed/)
  expect((await run(...create, '--tenant', 'south')).err).toMatch(/no tenant south/)
  const { out } = await run(...create, '--tenant', 'north')
  const [tenant] = loadConfig({ FOYER_TENANTS_FILE: path }).tenants
  expect(tenant?.clients[0]?.keyHashes).toEqual([hashOf(out)])
})

test.for<[string, number, string[], RegExp]>([
  ['an unknown scope', 1, ['create', '--id', 'web', '--scopes', 'leads:write'], /scopes\/0 must be/],
  ['no scopes', 2, ['create', '--id', 'web'], /--scopes is needed/],
  ['no name', 2, ['create', '--scopes', '*'], /--id is needed/],
  ['an unknown client', 1, ['rotate', '--id', 'web'], /no client web/],
  ['an unknown command', 2, ['make'], /no command make/],
  ['a word too much', 2, ['list', 'all'], /no command list all/],
])('%s: a sentence, exit code %i, and no file', async ([, code, args, message]) => {
  const path = join(folder(), 'clients.json')
  const result = await run(...args, '--file', path)
  expect(result).toMatchObject({ code, out: '' })
  expect(result.err).toMatch(message)
  expect(() => statSync(path)).toThrow()
})

test('a file that is no JSON stays as it is', async () => {
  const path = join(folder(), 'clients.json')
  writeFileSync(path, '{')
  expect(await run('list', '--file', path)).toMatchObject({ code: 2, err: expect.stringContaining('no JSON') })
  expect(readFileSync(path, 'utf8')).toBe('{')
})

test('for a program: the key and where its hash is, as JSON', async () => {
  const path = join(folder(), 'clients.json')
  const { code, out, err } = await run('create', '--file', path, '--id', 'web', '--scopes', '*', '--json')
  expect([code, err]).toEqual([0, ''])
  expect(JSON.parse(out)).toEqual({ id: 'web', key: expect.stringMatching(/^fk_[\w-]{43}$/), file: path })
})

test('the file is that of the environment, where none is named', async () => {
  const path = join(folder(), 'clients.json')
  const args = ['client', 'create', '--id', 'web', '--scopes', '*']
  expect((await runCommand(args, { FOYER_CLIENTS_FILE: path })).code).toBe(0)
  expect(clientsIn(path)).toMatchObject([{ id: 'web' }])
})

test('help teaches', async () => {
  expect(await run('--help')).toMatchObject({ code: 0, out: expect.stringContaining('foyer client create') })
})
