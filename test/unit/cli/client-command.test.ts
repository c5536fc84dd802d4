/** `foyer client`: creates a key that a gateway accepts, changes it and withdraws it. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { loadConfig } from '#src/config.ts'
import { hashKey } from '../../support/clients.ts'
import { runCommand } from '../../support/command.ts'

const run = async (...args: string[]) => {
  const { code, out, err } = await runCommand(['client', ...args])
  return { code, out: out.trim(), err }
}

const folder = () => mkdtempSync(join(tmpdir(), 'foyer-'))

const findClients = (path: string) =>
  loadConfig({ SPACIO_API_KEY: 'key', FOYER_CLIENTS_FILE: path }).tenants[0]?.clients ?? []

test('create, rotate, retire, remove', async () => {
  const path = join(folder(), 'clients.json')
  const on = (command: string, ...args: string[]) => run(command, '--file', path, '--id', 'web', ...args)

  const first = await on('create', '--scopes', 'leads:read,properties:read', '--brokerages', 'b1, b2', '--agents', '*')
  expect(first).toMatchObject({ code: 0, out: expect.stringMatching(/^fk_[\w-]{43}$/) })
  expect(findClients(path)).toMatchObject([
    {
      id: 'web',
      keyHashes: [hashKey(first.out)],
      scopes: ['leads:read', 'properties:read'],
      grants: { brokerages: new Set(['b1', 'b2']), agents: '*', teams: new Set(), connections: new Set() },
    },
  ])
  expect(readFileSync(path, 'utf8')).not.toContain(first.out)
  expect(statSync(path).mode & 0o077).toBe(0)

  const second = await on('rotate')
  expect(findClients(path)[0]?.keyHashes).toEqual([first, second].map(({ out }) => hashKey(out)))
  expect((await on('retire')).code).toBe(0)
  expect(findClients(path)[0]?.keyHashes).toEqual([hashKey(second.out)])
  expect(JSON.parse((await run('list', '--file', path)).out)).toMatchObject([{ id: 'web', keys: 1 }])
  expect((await on('remove')).code).toBe(0)
  expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual({ clients: [] })
})

test('in a file of tenants, for the one that is named', async () => {
  const path = join(folder(), 'tenants.json')
  writeFileSync(path, JSON.stringify({ tenants: [{ id: 'north', spacio: { apiKey: 'k' } }] }))
  const create = ['create', '--file', path, '--id', 'web', '--scopes', '*']
  expect((await run(...create)).err).toMatch(/--tenant is required/)
  expect((await run(...create, '--tenant', 'south')).err).toMatch(/no tenant south/)
  const { out } = await run(...create, '--tenant', 'north')
  const [tenant] = loadConfig({ FOYER_TENANTS_FILE: path }).tenants
  expect(tenant?.clients[0]?.keyHashes).toEqual([hashKey(out)])
})

test.for<[string, number, string[], RegExp]>([
  [
    'an unknown scope',
    1,
    ['create', '--id', 'web', '--scopes', 'leads:reed,leads:read'],
    /^unknown scope leads:reed; known: properties:read, leads:read, .*ops:read\.\n$/,
  ],
  ['no scopes', 2, ['create', '--id', 'web'], /--scopes is required/],
  ['no name', 2, ['create', '--scopes', '*'], /--id is required/],
  ['an unknown client', 1, ['rotate', '--id', 'web'], /no client web/],
  ['an unknown command', 2, ['make'], /no command make/],
  ['a word too much', 2, ['list', 'all'], /no command list all/],
])('%s: a sentence, exit code %i, and no file', async ([, code, args, message]) => {
  const path = join(folder(), 'clients.json')
  const result = await run(...args, '--file', path)
  expect(result).toMatchObject({ code, out: '' })
  expect(result.err).toMatch(message)
  expect(readdirSync(dirname(path))).toEqual([])
})

test('a client that the gateway would not accept leaves the file as it was, and nothing beside it', async () => {
  const path = join(folder(), 'clients.json')
  await run('create', '--file', path, '--id', 'web', '--scopes', 'leads:read')
  const before = readFileSync(path, 'utf8')
  const result = await run('create', '--file', path, '--id', 'no such id', '--scopes', 'leads:read')
  expect(result).toMatchObject({ code: 1, out: '', err: expect.stringMatching(/clients\/1\/id must match pattern/) })
  expect(readFileSync(path, 'utf8')).toBe(before)
  expect(readdirSync(dirname(path))).toEqual(['clients.json'])
})

test('a client without a grant is created with a warning, unless its scopes need none', async () => {
  const path = join(folder(), 'clients.json')
  const create = (id: string, scopes: string, ...more: string[]) =>
    run('create', '--file', path, '--id', id, '--scopes', scopes, ...more)
  const warning = /warning: web has no grants/
  expect(await create('web', 'leads:read')).toMatchObject({ code: 0, err: expect.stringMatching(warning) })
  expect((await create('app', 'leads:read', '--teams', 't1')).err).not.toContain('warning')
  expect((await create('monitor', 'ops:read')).err).not.toContain('warning')
})

test('each change says that a running gateway must reload, and how', async () => {
  const path = join(folder(), 'clients.json')
  const on = (command: string, ...args: string[]) => run(command, '--file', path, '--id', 'web', ...args)
  const hint = /Send it SIGHUP.*kill -HUP PID.*--signal PID/s
  expect((await on('create', '--scopes', 'leads:read', '--teams', 't1')).err).toMatch(hint)
  expect((await on('rotate')).err).toMatch(hint)
  expect((await on('retire')).err).toMatch(hint)
  const removed = await on('remove')
  expect(removed.err).toMatch(hint)
  expect(removed.err).toContain('accepts the withdrawn key until it reloads the file')
})

test('--signal has the gateway reload, and never signals a process that is no gateway', async () => {
  const path = join(folder(), 'clients.json')
  await run('create', '--file', path, '--id', 'web', '--scopes', 'leads:read')
  const script = `process.on('SIGHUP', () => { console.log('reloaded'); process.exit() }); setInterval(() => {}, 1000); console.log('ready')`
  const start = async (...args: string[]) => {
    const child = spawn(process.execPath, ['-e', script, ...args], { stdio: ['ignore', 'pipe', 'ignore'] })
    await once(child.stdout, 'data')
    return child
  }
  const [stranger, gateway] = [await start(), await start('/app/src/server.ts')]
  const remove = (pid: number | undefined) => run('remove', '--file', path, '--id', 'web', '--signal', String(pid))

  const before = readFileSync(path, 'utf8')
  expect(await remove(stranger.pid)).toMatchObject({ code: 2, err: expect.stringContaining('is not a Foyer gateway') })
  expect(readFileSync(path, 'utf8')).toBe(before)
  expect((await run('remove', '--file', path, '--id', 'web', '--signal', 'x')).code).toBe(2)

  const told = once(gateway.stdout, 'data')
  const removed = await remove(gateway.pid)
  expect(removed).toMatchObject({ code: 0, err: expect.stringContaining(`SIGHUP was sent to process ${gateway.pid}`) })
  expect(String((await told)[0])).toBe('reloaded\n')
  stranger.kill()
})

test('a file with invalid JSON stays unchanged', async () => {
  const path = join(folder(), 'clients.json')
  writeFileSync(path, '{')
  expect(await run('list', '--file', path)).toMatchObject({
    code: 2,
    err: expect.stringMatching(/^--file names a file that is not JSON: .*, line \d+, column \d+\./),
  })
  expect(readFileSync(path, 'utf8')).toBe('{')
})

test('for a program: the key and where its hash is, as JSON', async () => {
  const path = join(folder(), 'clients.json')
  const { code, out, err } = await run(
    'create',
    '--file',
    path,
    '--id',
    'web',
    '--scopes',
    '*',
    '--teams',
    '*',
    '--json',
  )
  expect([code, err]).toEqual([0, ''])
  expect(JSON.parse(out)).toEqual({ id: 'web', key: expect.stringMatching(/^fk_[\w-]{43}$/), file: path })
})

test('the default file comes from the environment', async () => {
  const path = join(folder(), 'clients.json')
  const args = ['client', 'create', '--id', 'web', '--scopes', '*']
  expect((await runCommand(args, { FOYER_CLIENTS_FILE: path })).code).toBe(0)
  expect(findClients(path)).toMatchObject([{ id: 'web' }])
})

test('help teaches', async () => {
  expect(await run('--help')).toMatchObject({ code: 0, out: expect.stringContaining('foyer client create') })
})
