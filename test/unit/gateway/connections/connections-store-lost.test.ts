/** The store is rarely read, and may be unavailable. The gateway uses no data that the store does not have. */
import { randomBytes } from 'node:crypto'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { allGrants, type Caller } from '#src/access-control.ts'
import { type Connections, createConnections } from '#src/gateway/connections/index.ts'
import { createConnectionTenant } from '#src/gateway/connections/tenant-connections.ts'
import { createTokenRenewal } from '#src/gateway/connections/token-renewal.ts'
import { createSealer } from '#src/gateway/crypto/encryption.ts'
import { createSigner } from '#src/gateway/crypto/signing.ts'
import type { IssuedTokens, LionDeskOAuth } from '#src/upstreams/index.ts'
import { createStubStore, type StubStore } from '../../../support/stub-store.ts'

const caller: Caller = { tenant: 't', client: 'c', scopes: new Set(), grants: allGrants }
const lost = [
  'get',
  'set',
  'setIfAbsent',
  'take',
  'getRecord',
  'listRecords',
  'replaceRecord',
  'putRecord',
  'deleteIfEqual',
] as const
const life = 1_000_000
const application = { clientId: 'i', clientSecret: 's' }
const sealer = createSealer([randomBytes(32)])

let time: number
let stub: StubStore
let handedIn: string[]
let consents: string[]
let answers: (IssuedTokens | null | Promise<IssuedTokens>)[]
let connections: Connections

const tokens = (name: string): IssuedTokens => ({
  accessToken: `access ${name}`,
  refreshToken: `refresh ${name}`,
  issuedAt: time,
  expiresAt: time + life,
})

const oauth: LionDeskOAuth = {
  getAuthorizeUrl: (_application, _redirectUri, state) => state,
  exchangeCode: async () => tokens(consents.shift() as string),
  refreshTokens: async (_application, { refreshToken }) => {
    handedIn.push(refreshToken)
    return answers.shift() ?? null
  },
  getUser: async () => ({ id: '1', label: 'one@example.com' }),
}

const signer = createSigner([Buffer.alloc(32, 1)])

const open = (): Connections => {
  const made = createConnections({
    store: stub.store,
    sealer,
    signer,
    upstreams: { getLionDeskOAuth: () => oauth },
    callbackUrl: 'http://localhost/connections/callback',
    now: () => new Date(time),
  })
  made.configure([{ id: 't', liondesk: { application, connections: [] } }])
  return made
}

const findCurrent = (found: Caller) => found

const complete = async (state: string) => {
  const requests = await connections.complete({ state, code: 'code' }, findCurrent)
  const confirm = requests.isConfirmed ? '' : requests.confirm
  return connections.complete({ state, code: 'code', confirm }, findCurrent)
}

const current = async () => (await connections.getTokens(caller)).getCurrent()
const renewed = async (refused: string) => (await connections.getTokens(caller)).renew(refused)

beforeEach(async () => {
  time = 1_000_000_000_000
  stub = createStubStore(() => time)
  handedIn = []
  consents = ['1', 'of the new consent']
  answers = []
  connections = open()
  const { authorizeUrl: state } = await connections.start(caller)
  await complete(state)
  expect(await current()).toBe('access 1')
})

afterEach(() => connections.settle())

test('a fresh token needs no store access', async () => {
  stub.calls.length = 0
  for (let count = 0; count < 1_000; count += 1) expect(await current()).toBe('access 1')
  expect(stub.calls).toEqual([])
})

test('concurrent requests with an outdated cache read the store once', async () => {
  time += 2_000
  stub.calls.length = 0
  await Promise.all(Array.from({ length: 100 }, current))
  expect(stub.calls).toEqual(['listRecords'])
})

test('concurrent renewals make one store access and one token call', async () => {
  answers = [tokens('2')]
  stub.calls.length = 0
  const all = await Promise.all(Array.from({ length: 50 }, () => renewed('access 1')))
  expect(new Set(all)).toEqual(new Set(['access 2']))
  expect(stub.calls.filter((name) => name === 'setIfAbsent').length).toBe(1)
  expect(handedIn).toEqual(['refresh 1'])
})

test('a caller that joins a renewal which returns its rejected token gets another token', async () => {
  answers = [tokens('2'), tokens('3')]
  const now = () => new Date(time)
  const tenant = createConnectionTenant('t', stub.store, sealer, now)
  tenant.configure({ application, connections: [] })
  const { renew } = createTokenRenewal({ store: stub.store, getOAuth: () => oauth, now })
  const account = tenant.getUserAccount(await onlyId())
  const held = await Promise.all([renew(account, 'access 1'), renew(account, 'access 2')])
  expect(held.map(({ record }) => record.secrets?.accessToken)).toEqual(['access 2', 'access 3'])
})

test('a read that started before a removal does not restore the removed connection', async () => {
  const id = await onlyId()
  time += 2_000
  const look = stub.store.listRecords
  const slow = Promise.withResolvers<void>()
  stub.store.listRecords = async (...where) => {
    const found = await look(...where)
    stub.store.listRecords = look
    await slow.promise
    return found
  }
  const looking = current()
  await until(() => stub.store.listRecords === look)
  await connections.remove(caller, id)
  slow.resolve()
  await looking.catch(() => {})
  await expect(connections.getTokens(caller, id)).rejects.toMatchObject({ code: 'forbidden' })
})

test('a fresh token works while the store is unavailable, even when its renewal is due', async () => {
  stub.fail(...lost)
  for (const share of [0.1, 0.5, 0.85, 0.99]) {
    time = 1_000_000_000_000 + share * life
    expect(await current()).toBe('access 1')
    await connections.settle()
  }
  expect(handedIn).toEqual([])
})

test('no token is renewed while the store is unavailable, and LionDesk receives no call', async () => {
  stub.fail(...lost)
  await expect(renewed('access 1')).rejects.toMatchObject({ code: 'upstream-unavailable', fields: { retryAfter: 5 } })
  time += life
  await expect(current()).rejects.toMatchObject({ code: 'upstream-unavailable' })
  expect(handedIn).toEqual([])
})

test('a token that could not be stored is neither used nor lost, and is stored once the store recovers', async () => {
  answers = [tokens('2'), tokens('3')]
  stub.fail('replaceRecord')
  await expect(renewed('access 1')).rejects.toMatchObject({ code: 'upstream-unavailable' })
  await expect(renewed('access 1')).rejects.toMatchObject({ code: 'upstream-unavailable' })
  expect(handedIn).toEqual(['refresh 1'])

  stub.fail()
  expect(await renewed('access 1')).toBe('access 2')
  expect(handedIn).toEqual(['refresh 1'])
  expect(await renewed('access 2')).toBe('access 3')
  expect(handedIn).toEqual(['refresh 1', 'refresh 2'])
})

test('a store that fails once is called again', async () => {
  answers = [tokens('2')]
  stub.fail('replaceRecord')
  const waiting = renewed('access 1')
  await until(() => handedIn.length === 1 && stub.calls.filter((name) => name === 'replaceRecord').length >= 2)
  stub.fail()
  expect(await waiting).toBe('access 2')
})

test('a token that another replica has rotated is found before reauthorization is required', async () => {
  const { store } = stub
  const id = await onlyId()
  const old = (await store.getRecord('connections t', id)) as string
  answers = [tokens('2')]
  expect(await renewed('access 1')).toBe('access 2')
  const rotated = (await store.getRecord('connections t', id)) as string

  // This process first finds the old record, and after LionDesk has rejected it, the new one.
  await store.putRecord('connections t', id, old)
  time += 2_000
  expect(await current()).toBe('access 1')
  const look = store.getRecord
  let looks = 0
  store.getRecord = async (...where) => {
    looks += 1
    if (looks === 3) await store.putRecord('connections t', id, rotated)
    return look(...where)
  }
  answers = [null]
  expect(await renewed('access 1')).toBe('access 2')
  expect(handedIn).toEqual(['refresh 1', 'refresh 1'])
})

test('a rotated token never replaces the tokens of a newer consent', async () => {
  const { authorizeUrl: state } = await connections.start(caller, await onlyId())
  const slow = Promise.withResolvers<IssuedTokens>()
  answers = [slow.promise]
  const waiting = renewed('access 1')
  await until(() => handedIn.length === 1)
  await complete(state)
  slow.resolve(tokens('that comes late'))

  expect(await waiting).toBe('access of the new consent')
  expect(await current()).toBe('access of the new consent')
})

test('a connection that was removed during a renewal stays removed', async () => {
  const slow = Promise.withResolvers<IssuedTokens>()
  answers = [slow.promise]
  const waiting = renewed('access 1')
  await until(() => handedIn.length === 1)
  await connections.remove(caller, await onlyId())
  slow.resolve(tokens('2'))

  await expect(waiting).rejects.toMatchObject({ code: 'forbidden' })
  expect((await stub.store.listRecords('connections t')).size).toBe(0)
})

test('a process that gets the lease late reads the store again before it refreshes', async () => {
  answers = [tokens('2'), tokens('twice')]
  const { store } = stub
  const acquire = store.setIfAbsent
  const slow = Promise.withResolvers<void>()
  store.setIfAbsent = async (...what) => {
    store.setIfAbsent = acquire
    await slow.promise
    return acquire(...what)
  }
  const delayed = renewed('access 1')
  await until(() => store.setIfAbsent === acquire)
  expect(await (await open().getTokens(caller)).renew('access 1')).toBe('access 2')
  slow.resolve()

  expect(await delayed).toBe('access 2')
  expect(handedIn).toEqual(['refresh 1'])
})

test('a second process waits for the first and uses its token', async () => {
  const slow = Promise.withResolvers<IssuedTokens>()
  answers = [slow.promise, tokens('twice')]
  const other = open()
  const source = await other.getTokens(caller)
  const both = [renewed('access 1')]
  await until(() => handedIn.length === 1)
  both.push(source.renew('access 1'))
  await until(() => stub.calls.filter((name) => name === 'setIfAbsent').length >= 3)
  slow.resolve(tokens('2'))

  expect(await Promise.all(both)).toEqual(['access 2', 'access 2'])
  expect(handedIn).toEqual(['refresh 1'])
})

const onlyId = async (): Promise<string> => [...(await stub.store.listRecords('connections t')).keys()][0] as string

const until = async (isSo: () => boolean): Promise<void> => {
  while (!isSo()) await new Promise((done) => setImmediate(done))
}
