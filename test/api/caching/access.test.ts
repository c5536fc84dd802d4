/** A cached response is never served without access, and belongs to one tenant and one account. */
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { loadConfig } from '#src/config.ts'
import { type Sandbox, startSandbox } from '../../../sandbox/index.ts'
import { type Clock, createClock, getCacheStatus } from '../../support/caching.ts'
import { createEntry, everyScope, makeKey, writeDocument } from '../../support/clients.ts'
import { createEnvironment, openGateway, type TestGateway } from '../../support/test-gateway.ts'

const keys = { brokerage: makeKey(), lost: makeKey(), agent: makeKey(), whole: makeKey(), south: makeKey() }

type Client = keyof typeof keys

const client = (id: Client, grants: Record<string, '*' | string[]>) =>
  createEntry({ id, scopes: everyScope, grants }, keys[id])

let sandbox: Sandbox
let gateway: TestGateway
let clock: Clock
let environment: Record<string, string>

const tenantsFile = (apiKey: string, southKey = apiKey): string => {
  const everything = { brokerages: '*', teams: '*', agents: '*', connections: '*' } as const
  const north = [
    client('brokerage', { brokerages: ['b1001'] }),
    client('lost', { brokerages: ['b9999'] }),
    client('agent', { agents: ['agent1@example.com'] }),
  ]
  return writeDocument({
    tenants: [
      { id: 'north', spacio: { apiKey }, clients: [...north, client('whole', everything)] },
      { id: 'south', spacio: { apiKey: southKey }, clients: [client('south', everything)] },
    ],
  })
}

beforeAll(async () => {
  clock = createClock()
  sandbox = await startSandbox({ leads: 100, now: clock.now() })
  const { SPACIO_API_KEY, LIONDESK_ACCESS_TOKEN, ...urls } = createEnvironment(sandbox)
  environment = { ...urls, FOYER_AUTH: 'required' } as Record<string, string>
  const FOYER_TENANTS_FILE = tenantsFile(sandbox.spacio.apiKey)
  gateway = await openGateway({ ...environment, FOYER_TENANTS_FILE }, { now: clock.now })
})

beforeEach(() => {
  clock.pass(24 * 60 * 60)
  sandbox.control.reset()
})

afterAll(async () => {
  await gateway.close()
  await sandbox.close()
})

const get = (id: Client, url: string, headers: Record<string, string> = {}) =>
  gateway.get(url, { 'x-api-key': keys[id], ...headers })

const receivedRequests = (): string[] => sandbox.control.spacio.requests().map(({ operation }) => operation)

const ownSid = (email: string): number => sandbox.world.properties.find((each) => each.email === email)?.sid as number

const url = `/properties/10101`

test('the response of another tenant is not served, although the account is the same', async () => {
  await get('whole', url)
  expect(getCacheStatus(await get('south', url))).toBe('Foyer; fwd=uri-miss; stored; ttl=60')
  expect(receivedRequests()).toEqual(['getProperty', 'getProperty'])
})

test('nor if the upstream fails', async () => {
  await get('whole', url)
  sandbox.control.spacio.fault({ operation: 'getProperty', kind: 'status', status: 500 })
  expect((await get('south', url)).status).toBe(502)
})

test.each([
  ['his own', '', 'Foyer; fwd=uri-miss; stored; ttl=60'],
  ['his own with the wire record', '?include=source', 'Foyer; fwd=uri-miss; stored; ttl=60'],
])('an agent reads %s: one call', async (_name, query, status) => {
  const reply = await get('agent', `/properties/${ownSid('agent1@example.com')}${query}`)
  expect([reply.status, getCacheStatus(reply), receivedRequests()]).toEqual([200, status, ['getProperty']])
})

test('an agent with no-cache: one call, with a cold or a warm cache', async () => {
  const own = `/properties/${ownSid('agent1@example.com')}`
  for (const seconds of [0, 10, 61]) {
    clock.pass(seconds)
    sandbox.control.clearRequests()
    expect((await get('agent', own, { 'cache-control': 'no-cache' })).status).toBe(200)
    expect(receivedRequests()).toEqual(['getProperty'])
  }
})

test('a brokerage: its claimed list once, and each property once', async () => {
  const own = `/properties/${ownSid('agent1@example.com')}`
  for (const seconds of [0, 30]) {
    clock.pass(seconds)
    expect((await get('brokerage', own)).status).toBe(200)
    expect((await get('brokerage', `${own}/open-houses`)).status).toBe(200)
    expect((await get('brokerage', '/brokerages/b1001/agents')).status).toBe(200)
  }
  expect(receivedRequests().sort()).toEqual(['getClaimedList', 'getOHSessions', 'getProperty'])
})

test('an unknown brokerage is cached for five minutes', async () => {
  for (const seconds of [0, 299, 1]) {
    clock.pass(seconds)
    expect((await get('lost', url)).status).toBe(404)
  }
  clock.pass(0.001)
  expect(receivedRequests().filter((operation) => operation === 'getClaimedList')).toHaveLength(1)
  expect((await get('lost', url)).status).toBe(404)
  expect(receivedRequests().filter((operation) => operation === 'getClaimedList')).toHaveLength(2)
})

test('a cached property without a grant gets the same response as a missing one', async () => {
  const other = `/properties/${ownSid('agent2@example.com')}`
  await get('whole', other)
  await get('whole', `${other}/open-houses`)
  const replies = await Promise.all(
    [other, `${other}/open-houses`, '/properties/999999'].map((each) => get('agent', each)),
  )
  for (const { status, body, headers } of replies) {
    expect([status, body.code]).toEqual([404, 'unknown-property'])
    expect(headers).toMatchObject({ 'cache-control': 'no-store' })
    for (const name of ['cache-status', 'age', 'etag']) expect(headers).not.toHaveProperty(name)
  }
})

test('the owner of a property is cached for at most five minutes, even if stale responses are served', async () => {
  const own = `/properties/${ownSid('agent1@example.com')}`
  await get('agent', own)
  sandbox.control.spacio.fault({ operation: 'getProperty', kind: 'html' })
  clock.pass(299.999)
  expect((await get('agent', own)).status).toBe(200)
  clock.pass(0.001)
  expect((await get('agent', own)).status).toBe(502)
  expect((await get('whole', own)).status).toBe(200)
})

test('after a change of the owner, the new owner counts as soon as it is known', async () => {
  const sid = ownSid('agent1@example.com')
  await get('agent', `/properties/${sid}`)
  const record = { sid, title: 'T', price: '1', email: 'agent2@example.com' }
  sandbox.control.spacio.fault({ operation: 'getProperty', kind: 'body', body: record })
  expect((await get('whole', `/properties/${sid}`, { 'cache-control': 'no-cache' })).status).toBe(200)
  expect((await get('agent', `/properties/${sid}`)).status).toBe(404)
})

test('a changed account has separate results', async () => {
  await get('south', url)
  await get('whole', url)
  const changed = tenantsFile(sandbox.spacio.apiKey, 'another-key')
  gateway.app.reload(loadConfig({ ...environment, FOYER_STORE_URL: 'memory:', FOYER_TENANTS_FILE: changed }))
  expect((await get('south', url)).body.code).toBe('upstream-credentials')
  expect(getCacheStatus(await get('whole', url))).toBe('Foyer; hit; ttl=60')
})
