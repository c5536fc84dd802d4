/** Foyer remembers that a property does not exist, but `Cache-Control: no-cache` finds one that was just created. */
import { afterEach, beforeEach, expect, test } from 'vitest'
import { everyGrant, everyScope, writeClients } from '../../support/clients.ts'
import { type MarkedUpstreams, startMarkedUpstreams } from '../../support/marked-upstreams.ts'
import { openGateway, type TestGateway } from '../../support/test-gateway.ts'

const clients = writeClients({
  all: { scopes: everyScope, grants: everyGrant },
  agent: { scopes: everyScope, grants: { agents: ['agent@example.com'], connections: '*' } },
  brokerage: { scopes: everyScope, grants: { brokerages: ['b1'] } },
})

const noCache = { 'cache-control': 'no-cache' }

let upstreams: MarkedUpstreams
let gateway: TestGateway

beforeEach(async () => {
  upstreams = await startMarkedUpstreams()
  gateway = await openGateway(
    {
      SPACIO_API_KEY: 'north',
      SPACIO_BASE_URL: upstreams.url,
      LIONDESK_BASE_URL: upstreams.url,
      LIONDESK_ACCESS_TOKEN: 'token',
      FOYER_AUTH: 'required',
      FOYER_CLIENTS_FILE: clients.path,
    },
    { now: () => new Date('2026-03-15T12:30:00Z') },
  )
  upstreams.setError((question) => (/(getProperty|getOHSessions) 7/.test(question) ? 'invalid-sid' : null))
})
afterEach(async () => {
  await gateway.close()
  await upstreams.close()
})

type Client = keyof typeof clients.keys

const get = (url: string, client: Client, headers = {}) => gateway.get(url, { ...clients.headers(client), ...headers })

const createProperty = () => upstreams.setError(() => null)

const countReads = () => upstreams.paths.filter((path) => path.endsWith('/getProperty')).length

test.for<[Client, string]>(
  (['all', 'agent', 'brokerage'] as const).flatMap((client) =>
    ['/properties/7', '/properties/7/open-houses', '/leads?sid=7', '/leads/export?sid=7', '/leads/feed?sid=7'].map(
      (url): [Client, string] => [client, url],
    ),
  ),
)('%s reads %s, which was just created, with no-cache', async ([client, url]) => {
  const getStatus = async (headers = {}) =>
    (await gateway.app.inject({ url, headers: { ...clients.headers(client), ...headers } })).statusCode
  expect(await getStatus()).toBe(404)
  createProperty()
  expect(await getStatus(noCache)).toBe(200)
  expect((await get('/properties/7', client)).status).toBe(200)
})

test('an event property is copied from a listing that was just created', async () => {
  expect((await get('/properties/7', 'agent')).status).toBe(404)
  createProperty()
  const body = { fromSid: 7 }
  const send = (headers = {}) =>
    gateway.send('POST', '/events/3/properties', body, { ...clients.headers('agent'), ...headers })
  expect((await send()).status).toBe(422)
  expect(upstreams.paths).not.toContain('/events/3/properties')
  await send(noCache)
  expect(upstreams.paths).toContain('/events/3/properties')
})

test('an unknown property costs one call in five minutes, and one for each request with no-cache', async () => {
  for (const headers of [{}, {}, noCache, {}, noCache, {}])
    expect((await get('/properties/7', 'agent', headers)).status).toBe(404)
  expect(countReads()).toBe(3)
})

test('include=property adds a property that was just created', async () => {
  const url = '/leads?sid=7&include=property'
  expect((await get(url, 'all')).status).toBe(404)
  createProperty()
  const { body } = await get(url, 'all', noCache)
  expect(body.data[0].property).toMatchObject({ sid: 7 })
})
