/** Each of the twelve Spacio methods by name: the exact request, and the exact response. */
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import type { JournalEntry, Lead } from '../../../sandbox/index.ts'
import { canonicalTime, toCanonicalLead, toCanonicalProperty, toCanonicalPropertyLead } from '../../support/spacio.ts'
import { openSandboxAndGateway, type SandboxGateway } from '../../support/test-gateway.ts'

const now = new Date('2026-03-15T12:00:00Z')

let foyer: SandboxGateway

beforeAll(async () => {
  foyer = await openSandboxAndGateway({ bypassesCache: true, sandbox: { now }, now: () => now })
})

afterAll(() => foyer.close())

beforeEach(() => foyer.sandbox.control.reset())

/** Headers that a client may send and that Spacio must not receive. */
const strayHeaders = {
  cookie: 'session=1',
  authorization: 'Bearer of-the-client',
  apikey: 'of-the-client',
  'x-forwarded-for': '203.0.113.9',
  'x-service-method': 'remove',
  'x-api-key': 'fk_of-the-client',
  'user-agent': 'a browser',
  traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
}

const get = (url: string) => foyer.get(url, strayHeaders)

/** Compares the journal with the exact list of expected calls. */
const expectCalls = (...expected: [path: string, form: Record<string, string>][]): void => {
  const entries = foyer.sandbox.control.spacio.requests()
  expect(entries.map(({ method, url, form }) => ({ method, url, form }))).toEqual(
    expected.map(([path, form]) => ({ method: 'POST', url: `/api/${path}`, form })),
  )
  for (const entry of entries) expectOwnHeadersOnly(entry)
}

const expectOwnHeadersOnly = ({ headers }: JournalEntry): void => {
  const { 'content-length': _length, 'transfer-encoding': _encoding, ...rest } = headers
  expect(rest).toEqual({
    accept: 'application/json',
    'accept-encoding': 'gzip, br',
    apikey: foyer.sandbox.spacio.apiKey,
    connection: 'keep-alive',
    'content-type': expect.stringMatching(/^multipart\/form-data; boundary=/),
    host: new URL(foyer.sandbox.spacio.url).host,
  })
}

const world = () => foyer.sandbox.world

const agentOne = () => {
  const agent = world().agents.find(({ email }) => email === 'agent1@example.com')
  if (!agent) throw new Error('the world has an agent1')
  return agent
}

const leadsFrom = (start: string, end: string, isWanted: (lead: Lead) => boolean): Lead[] =>
  world().leads.filter(
    (lead) => lead.dateCreated >= Date.parse(start) && lead.dateCreated < Date.parse(end) && isWanted(lead),
  )

/** The documented order: newest first, then by id. */
const inOrder = <T extends { createdAt: string; id: string }>(leads: T[]): T[] =>
  leads.sort((a, b) => (a.createdAt === b.createdAt ? (a.id < b.id ? -1 : 1) : a.createdAt < b.createdAt ? 1 : -1))

const page = (data: unknown[], limit = 50, offset = 0, total = data.length) => ({
  data,
  pagination: { total, limit, offset },
})

test('getProperties', async () => {
  const { ukey, email } = agentOne()

  const reply = await get(`/agents/${ukey}/properties`)

  expect(reply.status).toBe(200)
  const own = world().properties.filter((property) => property.email === email)
  expect(own.length).toBeGreaterThan(3)
  expect(reply.body).toEqual(page(own.map(toCanonicalProperty)))
  expectCalls(['v1/getProperties', { ukey }])
})

test('getProperty', async () => {
  const reply = await get('/properties/10102')

  expect(reply.status).toBe(200)
  expect(reply.body).toEqual(toCanonicalProperty(world().properties[1] as never))
  expect(reply.body).toMatchObject({
    listPrice: 2_500_000,
    bedroomsTotal: null,
    bathroomsTotal: null,
    listingUrl: null,
  })
  expectCalls(['v1/getProperty', { sid: '10102' }])
})

test('getOHSessions', async () => {
  const reply = await get('/properties/10103/open-houses?limit=200')

  expect(reply.status).toBe(200)
  const sessions = world()
    .openHouses.filter(({ sid }) => sid === 10103)
    .sort((a, b) => b.startedAt - a.startedAt)
  expect(sessions.length).toBeGreaterThan(100)
  expect(reply.body).toEqual(
    page(
      sessions.map(({ sessionID, startedAt, endedAt }) => ({
        id: sessionID,
        startedAt: canonicalTime(startedAt),
        endedAt: canonicalTime(endedAt),
      })),
      200,
    ),
  )
  expectCalls(['v1/getOHSessions', { sid: '10103', page: '1' }], ['v1/getOHSessions', { sid: '10103', page: '2' }])
})

test('getRegistrants', async () => {
  const leads = world().leads.filter(({ sid }) => sid === 10101)
  expect(leads.length).toBeGreaterThan(10)

  const reply = await get('/leads?sid=10101&limit=200')

  expect(reply.status).toBe(200)
  const withoutId = reply.body.data.map(({ id: _id, ...lead }: { id: string }) => lead)
  const byTime = (a: { createdAt: string }, b: { createdAt: string }) => (a.createdAt < b.createdAt ? 1 : -1)
  expect(withoutId).toEqual(leads.map(toCanonicalPropertyLead).sort(byTime))
  expect(reply.body.pagination).toEqual({ total: leads.length, limit: 200, offset: 0 })
  for (const { id } of reply.body.data) expect(id).toMatch(/^p-[\w-]{22}$/)
  const atoken = foyer.sandbox.control.spacio.requests().at(-1)?.form?.atoken as string
  expect(atoken).toMatch(/^\w{16}$/)
  expectCalls(
    ['v1/getProperty', { sid: '10101' }],
    ['v1/getAccessToken', { email: 'agent1@example.com' }],
    ['v1/getRegistrants', { sid: '10101', atoken }],
  )
  expect(reply.text).not.toContain(atoken)
})

test('getAccessToken', async () => {
  const reply = await foyer.send('POST', '/agents/agent1@example.com/access-token', undefined, strayHeaders)

  expect(reply.status).toBe(200)
  expect(reply.headers['cache-control']).toBe('no-store')
  expect(reply.body).toEqual({
    email: 'agent1@example.com',
    ukey: agentOne().ukey,
    accessToken: expect.stringMatching(/^\w{16}$/),
  })
  expectCalls(['v1/getAccessToken', { email: 'agent1@example.com' }])
})

test('getAccessTokenBM', async () => {
  const reply = await foyer.send('POST', '/managers/manager1@example.com/access-token', undefined, strayHeaders)

  expect(reply.status).toBe(200)
  expect(reply.headers['cache-control']).toBe('no-store')
  expect(reply.body).toEqual({
    email: 'manager1@example.com',
    ukey: null,
    accessToken: expect.stringMatching(/^\w{16}$/),
  })
  expectCalls(['v1/getAccessTokenBM', { email: 'manager1@example.com' }])
})

test('getRegistrantsByBrokerage of v2', async () => {
  const reply = await get('/leads?brokerageId=b1001&from=2026-03-01&to=2026-03-10&limit=200')

  expect(reply.status).toBe(200)
  const leads = leadsFrom('2026-03-01', '2026-03-11', ({ bid }) => bid === 'b1001')
  expect(leads.length).toBeGreaterThan(10)
  expect(reply.body).toEqual(page(inOrder(leads.map((lead) => toCanonicalLead(lead, 'brokerage-v2'))), 200))
  expectCalls([
    'v2/getRegistrantsByBrokerage',
    { bid: 'b1001', startDate: '2026-02-28', endDate: '2026-03-11', page: '1' },
  ])
})

test('getRegistrantsByBrokerage of v1', async () => {
  // The rejection of v2 is cached, so this test has its own gateway.
  const own = await openSandboxAndGateway({ bypassesCache: true, sandbox: { now }, now: () => now })
  own.sandbox.control.spacio.set({ v2: 'not-found' })

  const reply = await own.get('/leads?brokerageId=b1002&from=2026-03-01&to=2026-03-10&limit=200')

  expect(reply.status).toBe(200)
  const leads = leadsFrom('2026-03-01', '2026-03-11', ({ bid }) => bid === 'b1002')
  expect(reply.body).toEqual(page(inOrder(leads.map((lead) => toCanonicalLead(lead, 'brokerage'))), 200))
  const days = { bid: 'b1002', startDate: '2026-02-28', endDate: '2026-03-11' }
  expect(own.sandbox.control.spacio.requests().map(({ path, form }) => [path, form])).toEqual([
    ['/api/v2/getRegistrantsByBrokerage', { ...days, page: '1' }],
    ['/api/v1/getRegistrantsByBrokerage', days],
  ])
  await own.close()
})

test('getClaimedList', async () => {
  const reply = await get('/brokerages/b1001/agents')

  expect(reply.status).toBe(200)
  const emails = [1, 2, 3, 4, 5, 7].map((number) => ({ email: `agent${number}@example.com` }))
  expect(reply.body).toEqual(page(emails))
  expectCalls(['v1/getClaimedList', { bid: 'b1001' }])
})

test('getActivityList', async () => {
  const reply = await get('/brokerages/b1001/activity?from=2026-02-14&to=2026-03-15')

  expect(reply.status).toBe(200)
  const active = world()
    .agents.filter(({ bid, lastActive }) => bid === 'b1001' && lastActive >= Date.parse('2026-02-14'))
    .sort((a, b) => b.lastActive - a.lastActive)
  expect(active.length).toBeGreaterThan(1)
  expect(reply.body).toEqual(
    page(active.map(({ email, lastActive }) => ({ email, lastActiveAt: canonicalTime(lastActive) }))),
  )
  expectCalls(['v1/getActivityList', { bid: 'b1001', startDate: '2026-02-13', endDate: '2026-03-16' }])
})

test('getOHSessionCounts', async () => {
  const reply = await get('/brokerages/b1002/open-houses?from=2025-12-01&to=2026-01-31')

  expect(reply.status).toBe(200)
  const own = new Map(
    world()
      .properties.filter(({ email }) => world().agents.some((agent) => agent.email === email && agent.bid === 'b1002'))
      .map((property) => [property.sid, property]),
  )
  const hosted = world()
    .openHouses.filter(({ sid }) => own.has(sid))
    .filter(({ startedAt }) => startedAt >= Date.parse('2025-12-01') && startedAt < Date.parse('2026-02-01'))
    .sort((a, b) => b.startedAt - a.startedAt)
  expect(hosted.length).toBeGreaterThan(5)
  expect(reply.body).toEqual(
    page(
      hosted.map(({ sid, startedAt, leadsCount }) => ({
        startedAt: canonicalTime(startedAt),
        leadCount: leadsCount,
        unparsedAddress: own.get(sid)?.addr1,
        city: own.get(sid)?.city,
        stateOrProvince: own.get(sid)?.state,
        postalCode: own.get(sid)?.zip,
      })),
    ),
  )
  expectCalls(['v1/getOHSessionCounts', { bid: 'b1002', startDate: '2025-11-30', endDate: '2026-02-01' }])
})

test('getRegistrantsByTeam', async () => {
  const reply = await get('/leads?teamId=t2002&from=2026-02-20&to=2026-03-10&limit=200')

  expect(reply.status).toBe(200)
  const leads = leadsFrom('2026-02-20', '2026-03-11', ({ tid }) => tid === 't2002')
  expect(leads.length).toBeGreaterThan(10)
  expect(reply.body).toEqual(page(inOrder(leads.map((lead) => toCanonicalLead(lead, 'team'))), 200))
  expectCalls(['v1/getRegistrantsByTeam', { tid: 't2002', startDate: '2026-02-19', endDate: '2026-03-11', page: '1' }])
})
