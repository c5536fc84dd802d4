/** The usage of one client, tenant or network never reduces the limits of another. */
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { createEntry, everyGrant, everyScope, makeKey, writeDocument } from '../../support/clients.ts'
import { type MarkedUpstreams, startMarkedUpstreams } from '../../support/marked-upstreams.ts'
import { openGateway, type TestGateway } from '../../support/test-gateway.ts'

const keys = { 'north web': makeKey(), 'north app': makeKey(), 'south web': makeKey() }

type Client = keyof typeof keys

const limit = 3

let upstreams: MarkedUpstreams
let gateway: TestGateway
let time = Date.parse('2026-03-15T18:00:00Z')

beforeAll(async () => {
  upstreams = await startMarkedUpstreams()
  const client = (name: Client) =>
    createEntry({ id: name.split(' ')[1] as string, scopes: everyScope, grants: everyGrant }, keys[name])
  const tenant = (id: string, apiKey: string, clients: object[]) => ({
    id,
    spacio: { apiKey, baseUrl: upstreams.url },
    liondesk: { baseUrl: upstreams.url, connections: [{ id: 'main', accessToken: apiKey }] },
    clients,
  })
  gateway = await openGateway(
    {
      FOYER_AUTH: 'required',
      FOYER_RATE_LIMIT: String(limit),
      FOYER_TRUST_PROXY: '127.0.0.1',
      FOYER_TENANTS_FILE: writeDocument({
        tenants: [
          tenant('north', 'n', [client('north web'), client('north app')]),
          tenant('south', 's', [client('south web')]),
        ],
      }),
    },
    { now: () => new Date(time) },
  )
})

beforeEach(() => {
  time += 3_600_000
})

afterAll(async () => {
  await gateway.close()
  await upstreams.close()
})

const ask = async (key: string, address = '192.0.2.1', url = '/upstreams') =>
  gateway.app.inject({ url, headers: { 'x-api-key': key, 'x-forwarded-for': address } })

const getStatus = async (...request: Parameters<typeof ask>) => (await ask(...request)).statusCode

test.for<[Client, Client]>([
  ['north web', 'south web'],
  ['north web', 'north app'],
])('the requests of %s are not counted for %s', async ([one, other]) => {
  for (let count = 0; count < limit; count += 1) expect(await getStatus(keys[one])).toBe(200)
  expect(await getStatus(keys[one])).toBe(429)
  const { statusCode, headers } = await ask(keys[other])
  expect([statusCode, headers.ratelimit]).toEqual([200, `"client";r=${limit - 1};t=60`])
})

test.for([
  ['192.0.2.1', '192.0.2.2'],
  ['2001:db8:1:2::1', '2001:db8:1:3::1'],
  ['::ffff:192.0.2.1', '::ffff:192.0.2.2'],
] as const)('wrong keys and requests from %s are not counted for %s', async ([one, other]) => {
  const wrong = makeKey()
  for (let count = 0; count < 10 * limit; count += 1) expect(await getStatus(wrong, one)).toBe(401)
  expect(await getStatus(keys['north web'], one)).toBe(429)
  expect([await getStatus(wrong, other), await getStatus(keys['north web'], other)]).toEqual([401, 200])
})

test('the calls of one tenant’s hour are not counted for another, whose API key is another one', async () => {
  const left = async (client: Client, sid: number) => {
    const { headers } = await ask(keys[client], '192.0.2.1', `/properties/${sid}`)
    return /"spacio-hour";r=(\d+)/.exec(String(headers.ratelimit))?.[1]
  }
  expect([await left('north web', 1), await left('north web', 2)]).toEqual(['11399', '11398'])
  expect(await left('south web', 1)).toBe('11399')
})
