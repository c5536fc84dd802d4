/**
 * A result for one tenant or source is never returned to another. Two requests differ in one part of the key of a
 * cache, a snapshot, a memo or an agent's token. A new part of a key needs a new row.
 */
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { createEntry, everyGrant, everyScope, makeKey, writeDocument } from '../../support/clients.ts'
import { type MarkedUpstreams, startMarkedUpstreams } from '../../support/marked-upstreams.ts'
import { openGateway, type TestGateway } from '../../support/test-gateway.ts'

const keys = { north: makeKey(), south: makeKey() }

type Tenant = keyof typeof keys

let upstreams: MarkedUpstreams
let gateway: TestGateway
let time = Date.parse('2026-03-15T18:00:00Z')

beforeAll(async () => {
  upstreams = await startMarkedUpstreams()
  const tenant = (id: Tenant) => ({
    id,
    spacio: { apiKey: id, baseUrl: upstreams.url },
    liondesk: { connections: ['main', 'second'].map((name) => ({ id: name, accessToken: `${id}-${name}` })) },
    // The same client name in both tenants.
    clients: [createEntry({ id: 'web', scopes: everyScope, grants: everyGrant }, keys[id])],
  })
  gateway = await openGateway(
    {
      LIONDESK_BASE_URL: upstreams.url,
      FOYER_AUTH: 'required',
      FOYER_TENANTS_FILE: writeDocument({ tenants: [tenant('north'), tenant('south')] }),
    },
    { now: () => new Date(time) },
  )
})

// No row uses the results of an earlier one.
beforeEach(() => {
  time += 24 * 3_600_000
})

afterAll(async () => {
  await gateway.close()
  await upstreams.close()
})

const days = 'from=2026-03-15&to=2026-03-15'

const urls = [
  '/properties/1',
  '/properties/1/open-houses',
  '/agents/agent@example.com/properties',
  '/agents/ukey/properties',
  '/brokerages/b1/agents',
  `/brokerages/b1/activity?${days}`,
  `/brokerages/b1/open-houses?${days}`,
  '/leads?sid=1',
  '/leads?sid=1&actingAgent=other@example.com',
  `/leads?brokerageId=b1&${days}`,
  `/leads?teamId=t1&${days}`,
  `/leads/export?brokerageId=b1&${days}`,
  '/leads/export?sid=1',
  '/events/7/properties?connection=main',
  '/events/7/properties/1?connection=main',
  '/events?contactId=1&connection=main',
  '/events/1?connection=main',
  '/contacts?email=a@example.com&connection=main',
  '/contacts?phone=5550100&connection=main',
  '/contacts/1?connection=main',
]

const sources = [
  ['/properties/1', '/properties/2'],
  ['/properties/1/open-houses', '/properties/2/open-houses'],
  ['/agents/one@example.com/properties', '/agents/two@example.com/properties'],
  ['/agents/one/properties', '/agents/two/properties'],
  ['/brokerages/b1/agents', '/brokerages/b2/agents'],
  [`/brokerages/b1/activity?${days}`, `/brokerages/b2/activity?${days}`],
  [`/brokerages/b1/activity?${days}`, '/brokerages/b1/activity?from=2026-03-14&to=2026-03-15'],
  [`/brokerages/b1/activity?${days}`, '/brokerages/b1/activity?from=2026-03-15&to=2026-03-16'],
  [`/brokerages/b1/open-houses?${days}`, `/brokerages/b2/open-houses?${days}`],
  [`/brokerages/b1/open-houses?${days}`, '/brokerages/b1/open-houses?from=2026-03-14&to=2026-03-15'],
  ['/properties/1', '/properties/1/open-houses'],
  [`/brokerages/b1/activity?${days}`, `/brokerages/b1/open-houses?${days}`],
  ['/agents/x1/properties', '/brokerages/x1/agents'],
  ['/leads?sid=1', '/leads?sid=2'],
  ['/leads?sid=1', '/leads?sid=1&actingAgent=other@example.com'],
  ['/leads?sid=1&actingAgent=one@example.com', '/leads?sid=1&actingAgent=two@example.com'],
  ['/leads?sid=1', '/leads?sid=1&include=source'],
  ['/leads?sid=1', '/leads?sid=1&from=2026-03-16'],
  ['/leads?sid=1', '/leads?sid=1&to=2026-03-14'],
  [`/leads?brokerageId=b1&${days}`, `/leads?brokerageId=b2&${days}`],
  [`/leads?brokerageId=x1&${days}`, `/leads?teamId=x1&${days}`],
  [`/leads?brokerageId=b1&${days}`, `/leads?brokerageId=b1&${days}&include=source`],
  [`/leads?brokerageId=b1&${days}`, '/leads?brokerageId=b1&from=2026-03-14&to=2026-03-15'],
  [`/leads?brokerageId=b1&${days}`, '/leads?brokerageId=b1&from=2026-03-15&to=2026-03-16'],
  ['/events/7/properties?connection=main', '/events/7/properties?connection=second'],
  ['/events/7/properties?connection=main', '/events/8/properties?connection=main'],
  ['/events/7/properties?connection=main', '/events/7/properties?connection=main&limit=1'],
  ['/events/7/properties/1?connection=main', '/events/7/properties/2?connection=main'],
  ['/events?contactId=1&connection=main', '/events?contactId=1&connection=second'],
  ['/events?contactId=1&connection=main', '/events?contactId=2&connection=main'],
  ['/events?contactId=1&connection=main', '/events?contactId=1&type=a&connection=main'],
  ['/events/1?connection=main', '/contacts/1?connection=main'],
  ['/events/1?connection=main', '/events/2?connection=main'],
  ['/contacts?email=a@example.com&connection=main', '/contacts?email=a@example.com&connection=second'],
  ['/contacts?email=a@example.com&connection=main', '/contacts?email=b@example.com&connection=main'],
  ['/contacts?email=a@example.com&connection=main', '/contacts?phone=5550100&connection=main'],
  ['/contacts/1?connection=main', '/contacts/2?connection=main'],
] as const

/** The rows of a response from an offset on, without the time of their reading. */
const getRows = async (tenant: Tenant, url: string, offset: number): Promise<unknown[]> => {
  const isPaged = /^\/(leads\?|brokerages|agents)/.test(url) || url.includes('open-houses')
  const page = isPaged ? `${url.includes('?') ? '&' : '?'}offset=${offset}` : ''
  const reply = await gateway.app.inject({ url: url + page, headers: { 'x-api-key': keys[tenant] } })
  if (reply.statusCode !== 200) throw new Error(`${url}: ${reply.body}`)
  const text = reply.body.replaceAll(/"fetchedAt":"[^"]*"/g, '"fetchedAt":""')
  const isJson = /json/.test(String(reply.headers['content-type']))
  const rows = isJson ? (JSON.parse(text).data ?? [JSON.parse(text)]) : text.split('\n')
  return isPaged ? rows : rows.slice(offset)
}

type Read = (offset: number) => Promise<unknown[]>

/** Both are requested in turn until all caches are warm, then their second pages. */
const expectApart = async (readOne: Read, readOther: Read): Promise<void> => {
  const [one, other] = [await readOne(0), await readOther(0)]
  expect(other).not.toEqual(one)
  for (const offset of [0, 0, 1, 1]) {
    expect(await readOne(offset)).toEqual(one.slice(offset))
    expect(await readOther(offset)).toEqual(other.slice(offset))
  }
}

test.for(urls)('two tenants never share an answer to %s', async (url) => {
  const read = (tenant: Tenant) => (offset: number) => getRows(tenant, url, offset)
  await expectApart(read('north'), read('south'))
  expect(JSON.stringify(await read('north')(0))).toContain('north')
  expect(JSON.stringify(await read('south')(0))).toContain('south')
})

test.for(sources)('%s and %s never share an answer', async ([one, other]) => {
  const read = (url: string) => (offset: number) => getRows('north', url, offset)
  await expectApart(read(one), read(other))
})
