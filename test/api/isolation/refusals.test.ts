/**
 * A rejection that is cached for one tenant, agent or source never affects another. Each row has Spacio's rejection,
 * its caller, and a request that differs in one part of the key of the cache.
 */
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { createEntry, everyGrant, everyScope, makeKey, writeDocument } from '../../support/clients.ts'
import { type MarkedUpstreams, startMarkedUpstreams } from '../../support/marked-upstreams.ts'
import { openGateway, type TestGateway } from '../../support/test-gateway.ts'

const keys = { 'north all': makeKey(), 'south all': makeKey(), 'north b1': makeKey(), 'south b1': makeKey() }

type Client = keyof typeof keys

let upstreams: MarkedUpstreams
let gateway: TestGateway
let time = Date.parse('2026-03-15T18:00:00Z')

beforeAll(async () => {
  upstreams = await startMarkedUpstreams()
  const tenant = (id: 'north' | 'south') => ({
    id,
    spacio: { apiKey: id, baseUrl: upstreams.url },
    clients: [
      createEntry({ id: 'all', scopes: everyScope, grants: everyGrant }, keys[`${id} all`]),
      createEntry({ id: 'b1', scopes: everyScope, grants: { brokerages: ['b1', 'b2'] } }, keys[`${id} b1`]),
    ],
  })
  gateway = await openGateway(
    { FOYER_AUTH: 'required', FOYER_TENANTS_FILE: writeDocument({ tenants: [tenant('north'), tenant('south')] }) },
    { now: () => new Date(time) },
  )
})

beforeEach(() => {
  time += 24 * 3_600_000
})

afterAll(async () => {
  await gateway.close()
  await upstreams.close()
})

const getStatus = async (client: Client, url: string): Promise<number> =>
  (await gateway.app.inject({ url, headers: { 'x-api-key': keys[client] } })).statusCode

const agents = '/agents/agent@example.com/properties'
const byOther = '/leads?sid=1&actingAgent=other@example.com'
const report = '/leads?brokerageId=b1&from=2026-03-15&to=2026-03-15'

const statuses = { 'invalid-email': 404, 'access-denied': 403, 'invalid-bid': 404 }

type Row = [error: keyof typeof statuses, of: RegExp, Client, string, Client, string]

test.for<Row>([
  ['invalid-email', /north .*getAccessToken/, 'north all', agents, 'south all', agents],
  ['invalid-email', /getAccessToken agent@/, 'north all', agents, 'north all', '/agents/other@example.com/properties'],
  ['access-denied', /north .*getRegistrants/, 'north all', '/leads?sid=1', 'south all', '/leads?sid=1'],
  ['access-denied', /getRegistrants 1 /, 'north all', '/leads?sid=1', 'north all', '/leads?sid=2'],
  ['access-denied', /getRegistrants .*-agent-/, 'north all', '/leads?sid=1', 'north all', byOther],
  ['invalid-bid', /north .*getClaimedList/, 'north b1', '/properties/1', 'south b1', '/properties/1'],
])('%s of %s is remembered for %s %s, and not for %s %s', async ([error, of, client, url, other, otherUrl]) => {
  upstreams.setError((question) => (of.test(question) ? error : null))
  expect(await getStatus(client, url)).toBe(statuses[error])
  const requests = upstreams.paths.length
  expect(await getStatus(client, url)).toBe(statuses[error])
  expect(upstreams.paths.slice(requests)).toEqual([])
  expect(await getStatus(other, otherUrl)).toBe(200)
})

test('an unknown brokerage is cached by its id: the agents of another one are found', async () => {
  upstreams.setError((question) => (/getClaimedList b1/.test(question) ? 'invalid-bid' : null))
  for (let round = 0; round < 3; round += 1) expect(await getStatus('north b1', '/properties/1')).toBe(200)
})

test('a key without v2 turns v2 off only for its own tenant', async () => {
  upstreams.setError((question) => (/north .*v2/.test(question) ? 'access-denied' : null))
  const requests = upstreams.paths.length
  for (const client of ['north all', 'south all', 'north all', 'south all'] as const) await getStatus(client, report)
  const versions = upstreams.paths.slice(requests).map((path) => path.split('/')[2])
  expect(versions).toEqual(['v2', 'v1', 'v2', 'v1', 'v2'])
})
