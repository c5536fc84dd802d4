/** API keys: which are accepted, how they change, and how guesses are limited. */
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { loadConfig } from '#src/config.ts'
import { createEntry, everyGrant, hashKey, makeKey, writeClients, writeDocument } from '../../support/clients.ts'
import { createEnvironment, openSandboxAndGateway, type SandboxGateway } from '../../support/test-gateway.ts'

const clients = writeClients({ web: { scopes: ['leads:read'], grants: everyGrant } })
const url = '/leads?brokerageId=b1001&limit=1'

let foyer: SandboxGateway
let now = Date.now()

beforeAll(async () => {
  foyer = await openSandboxAndGateway({
    env: { FOYER_AUTH: 'required', FOYER_CLIENTS_FILE: clients.path, FOYER_TRUST_PROXY: '127.0.0.1' },
    now: () => new Date(now),
  })
})
beforeEach(() => {
  foyer.sandbox.control.clearRequests()
  // A minute later, guesses are allowed again.
  now += 61_000
})
afterAll(() => foyer.close())

const withKey = (key: string, address = '192.0.2.1') => foyer.get(url, { 'x-api-key': key, 'x-forwarded-for': address })

test.for<[string, string]>([
  ['a stranger’s key', makeKey()],
  ['a truncated key', clients.keys.web.slice(0, -1)],
  ['a key with a character more', `${clients.keys.web}A`],
  ['another case', clients.keys.web.toUpperCase()],
  ['its hash', hashKey(clients.keys.web)],
  ['nothing', ''],
  ['two keys in one', `${clients.keys.web}, ${clients.keys.web}`],
])('%s: 401 without an upstream call', async ([, key]) => {
  expect(await withKey(key)).toMatchObject({ status: 401, body: { code: 'unauthenticated' } })
  expect(foyer.sandbox.control.spacio.requests()).toEqual([])
})

test('a network that guesses keys is limited, without affecting other networks', async () => {
  for (let index = 0; index < 30; index += 1) expect((await withKey(makeKey())).status).toBe(401)
  const slowed = await withKey(makeKey())
  expect(slowed).toMatchObject({ status: 429, body: { code: 'rate-limited' } })
  expect(Number(slowed.headers['retry-after'])).toBeGreaterThan(0)
  // A valid key from the same address is not counted as a guess.
  expect((await withKey(clients.keys.web)).status).toBe(200)
  expect((await withKey(makeKey(), '192.0.2.2')).status).toBe(401)
  now += 61_000
  expect((await withKey(makeKey())).status).toBe(401)
})

test('accepts a key that is also sent as a bearer token, but not the bearer token alone', async () => {
  const headers = { 'x-api-key': clients.keys.web, authorization: `Bearer ${clients.keys.web}` }
  expect((await foyer.get(url, headers)).status).toBe(200)
  expect((await foyer.get(url, { authorization: headers.authorization })).status).toBe(401)
})

test('an IPv6 network counts as a single address', async () => {
  for (let index = 0; index < 30; index += 1) await withKey(makeKey(), `2001:db8:1:2::${index.toString(16)}`)
  expect((await withKey(makeKey(), '2001:db8:1:2:ffff::1')).status).toBe(429)
  expect((await withKey(makeKey(), '2001:db8:1:3::1')).status).toBe(401)
})

test('two keys work during a rotation; a reload withdraws the old one', async () => {
  const [old, fresh] = [makeKey(), makeKey()]
  const base = { id: 'web', scopes: ['leads:read'], grants: everyGrant }
  const getConfig = (keyHashes: string[]) =>
    loadConfig({
      ...createEnvironment(foyer.sandbox),
      FOYER_CLIENTS_FILE: writeDocument({ clients: [{ ...base, keyHashes }] }),
    })
  const statuses = async () => [(await withKey(old)).status, (await withKey(fresh)).status]

  foyer.app.reload(getConfig([hashKey(old)]))
  expect(await statuses()).toEqual([200, 401])
  foyer.app.reload(getConfig([hashKey(old), hashKey(fresh)]))
  expect(await statuses()).toEqual([200, 200])
  foyer.app.reload(getConfig([hashKey(fresh)]))
  expect(await statuses()).toEqual([401, 200])
})

test('after a reload, requests in progress finish, and remaining tenants keep their caches', async () => {
  const key = makeKey()
  const config = loadConfig({
    ...createEnvironment(foyer.sandbox),
    FOYER_CLIENTS_FILE: writeDocument({
      clients: [createEntry({ id: 'app', scopes: ['leads:read'], grants: everyGrant }, key)],
    }),
  })
  foyer.app.reload(config)
  const sid = foyer.sandbox.world.properties[0]?.sid
  const read = () => foyer.get(`/leads?sid=${sid}`, { 'x-api-key': key })
  expect((await read()).status).toBe(200)
  foyer.sandbox.control.clearRequests()

  foyer.sandbox.control.spacio.fault({ operation: 'getRegistrants', kind: 'latency', ms: 50, times: 1 })
  const onItsWay = read()
  await expect.poll(() => foyer.sandbox.control.spacio.requests().length).toBe(1)
  foyer.app.reload({ tenants: config.tenants.map((tenant) => ({ ...tenant, clients: [] })) })
  expect((await onItsWay).status).toBe(200)
  expect((await read()).status).toBe(401)

  foyer.app.reload(config)
  expect((await read()).status).toBe(200)
  const operations = foyer.sandbox.control.spacio.requests().map(({ operation }) => operation)
  expect(operations).toEqual(['getRegistrants', 'getRegistrants'])
})

test('a ticket becomes invalid when its client is removed', async () => {
  const key = makeKey()
  const config = loadConfig({
    ...createEnvironment(foyer.sandbox),
    FOYER_CLIENTS_FILE: writeDocument({
      clients: [createEntry({ id: 'page', scopes: ['leads:read'], grants: everyGrant }, key)],
    }),
  })
  foyer.app.reload(config)
  const issued = await foyer.send('POST', '/leads/feed/tickets', { brokerageId: 'b1001' }, { 'x-api-key': key })
  const feed = `/leads/feed?brokerageId=b1001&ticket=${issued.body.ticket}`
  expect((await foyer.get(feed)).status).toBe(200)
  foyer.app.reload({ tenants: config.tenants.map((tenant) => ({ ...tenant, clients: [] })) })
  expect((await foyer.get(feed)).status).toBe(401)
})
