/** Access by brokerage, agent and team, with two tenants on the same Spacio. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type Sandbox, startSandbox } from '../../../sandbox/index.ts'
import { createEntry, everyScope, makeKey, writeDocument } from '../../support/clients.ts'
import { createEnvironment, openGateway, type TestGateway, type TestResponse } from '../../support/test-gateway.ts'

const keys = { north: makeKey(), south: makeKey(), agent: makeKey(), team: makeKey(), whole: makeKey() }

const client = (id: keyof typeof keys, grants: Record<string, '*' | string[]>) =>
  createEntry({ id, scopes: everyScope, grants }, keys[id])

let sandbox: Sandbox
let gateway: TestGateway

beforeAll(async () => {
  sandbox = await startSandbox({ leads: 2_000 })
  const { SPACIO_API_KEY: apiKey, LIONDESK_ACCESS_TOKEN: accessToken, ...urls } = createEnvironment(sandbox)
  const liondesk = { connections: [{ id: 'main', accessToken }] }
  const path = writeDocument({
    tenants: [
      {
        id: 'north',
        spacio: { apiKey },
        liondesk,
        clients: [
          client('north', { brokerages: ['b1001'], teams: ['t2001', 't2002'], connections: ['main'] }),
          client('agent', { agents: ['Agent1@example.com'] }),
          client('team', { teams: ['t2001'] }),
          client('whole', { brokerages: '*', teams: '*', agents: '*', connections: '*' }),
        ],
      },
      {
        id: 'south',
        spacio: { apiKey },
        clients: [client('south', { brokerages: ['b1002'], teams: ['t2003'] })],
      },
    ],
  })
  gateway = await openGateway({ ...urls, FOYER_AUTH: 'required', FOYER_TENANTS_FILE: path })
})
beforeEach(() => sandbox.control.reset())
afterAll(async () => {
  await gateway.close()
  await sandbox.close()
})

const as = (id: keyof typeof keys) => ({ 'x-api-key': keys[id] })

const get = (id: keyof typeof keys, url: string): Promise<TestResponse> => gateway.get(url, as(id))

const receivedRequests = (): string[] => sandbox.control.spacio.requests().map(({ operation }) => operation)

const getAgents = (bid: string) => sandbox.world.agents.filter((agent) => agent.bid === bid)

const getSids = (emails: readonly string[]) =>
  sandbox.world.properties.filter(({ email }) => emails.includes(email)).map(({ sid }) => sid)

const getClaimed = (bid: string) =>
  getAgents(bid)
    .filter(({ claimed }) => claimed)
    .map(({ email }) => email)

/** Two rejections must be equal, except for the id of the request. */
const withoutRequest = ({ status, body, headers }: TestResponse) => {
  const { requestId, instance, ...rest } = body
  return { status, rest, names: Object.keys(headers).sort() }
}

test('a grant for a brokerage gives access to its lists and its agents’ data, and to nothing else', async () => {
  const [own] = getSids(getClaimed('b1001'))
  for (const url of [
    `/properties/${own}`,
    `/properties/${own}/open-houses`,
    `/leads?sid=${own}`,
    '/leads?brokerageId=b1001',
    '/leads?teamId=t2001',
    '/brokerages/b1001/agents',
    '/brokerages/b1001/activity',
    '/brokerages/b1001/open-houses',
    '/agents/agent1@example.com/properties',
    '/agents/AGENT1@example.com/properties',
    '/events/7/properties',
    '/events/7/properties?connection=main',
  ]) {
    expect([url, (await get('north', url)).status]).toEqual([url, 200])
  }
})

describe('ids of another tenant', () => {
  const refused = async (url: string, unknown: string, want: number) => {
    const [other, none] = [await get('north', url), await get('north', unknown)]
    expect([url, other.status]).toEqual([url, want])
    expect(withoutRequest(other)).toEqual(withoutRequest(none))
  }

  test('brokerages and teams: 403 without an upstream call', async () => {
    for (const path of ['agents', 'activity', 'open-houses']) {
      await refused(`/brokerages/b1002/${path}`, `/brokerages/b9999/${path}`, 403)
    }
    for (const route of ['/leads', '/leads/export', '/leads/feed']) {
      await refused(`${route}?brokerageId=b1002`, `${route}?brokerageId=b9999`, 403)
      await refused(`${route}?teamId=t2003`, `${route}?teamId=t9999`, 403)
    }
    expect(receivedRequests()).toEqual([])
  })

  test('agents, by address and by ukey: 403, with no upstream call except the ownership lookup', async () => {
    for (const { email, ukey } of getAgents('b1002')) {
      await refused(`/agents/${email}/properties`, '/agents/nobody@example.com/properties', 403)
      await refused(`/agents/${ukey}/properties`, '/agents/nobody/properties', 403)
      const tokens = await Promise.all(
        [email, 'nobody@example.com'].map((each) =>
          gateway.send('POST', `/agents/${each}/access-token`, undefined, as('north')),
        ),
      )
      expect(tokens.map(({ status }) => status)).toEqual([403, 403])
      expect(withoutRequest(tokens[0] as TestResponse)).toEqual(withoutRequest(tokens[1] as TestResponse))
    }
    expect(new Set(receivedRequests())).toEqual(new Set(receivedRequests().length > 0 ? ['getClaimedList'] : []))
  })

  test('managers: only with a grant for all agents', async () => {
    const ask = (id: keyof typeof keys, email: string) =>
      gateway.send('POST', `/managers/${email}/access-token`, undefined, as(id))
    expect([(await ask('north', 'manager1@example.com')).status, receivedRequests()]).toEqual([403, []])
    expect((await ask('north', 'manager1@example.com')).body.detail).toBe(
      'Access to a manager, or to an agent by ukey, needs a grant for all agents.',
    )
    expect((await ask('whole', 'manager1@example.com')).status).toBe(200)
  })

  test('properties: the same 404 as for a missing property, on every route', async () => {
    for (const sid of getSids(getAgents('b1002').map(({ email }) => email))) {
      await refused(`/properties/${sid}`, '/properties/999999', 404)
      await refused(`/leads?sid=${sid}`, '/leads?sid=999999', 404)
    }
    const [sid] = getSids(getClaimed('b1002'))
    for (const [url, unknown] of [
      [`/properties/${sid}/open-houses`, '/properties/999999/open-houses'],
      [`/leads/export?sid=${sid}`, '/leads/export?sid=999999'],
      [`/leads/feed?sid=${sid}`, '/leads/feed?sid=999999'],
      [`/leads?sid=${sid}&actingAgent=agent1@example.com`, '/leads?sid=999999&actingAgent=agent1@example.com'],
    ] as const) {
      await refused(url, unknown, 404)
    }
    expect(new Set(receivedRequests())).toEqual(
      new Set(['getProperty', ...(receivedRequests().includes('getClaimedList') ? ['getClaimedList'] : [])]),
    )
  })

  test('actingAgent of another tenant: 403', async () => {
    const [sid] = getSids(getClaimed('b1001'))
    const [other] = getClaimed('b1002')
    await refused(`/leads?sid=${sid}&actingAgent=${other}`, `/leads?sid=${sid}&actingAgent=no@example.com`, 403)
  })

  test('fromSid: the same response as for a missing property, and no write', async () => {
    const [sid] = getSids(getClaimed('b1002'))
    const [other, none] = await Promise.all(
      [sid, 999_999].map((fromSid) => gateway.send('POST', '/events/9/properties', { fromSid }, as('north'))),
    )
    expect(other).toMatchObject({ status: 422, body: { errors: [{ path: 'body/fromSid' }] } })
    expect(withoutRequest(other as TestResponse)).toEqual(withoutRequest(none as TestResponse))
    expect(sandbox.control.liondesk.requests()).toEqual([])
  })

  test('connections: the list contains none of another tenant', async () => {
    expect(await get('south', '/events/7/properties')).toMatchObject({ status: 409 })
    expect(await get('south', '/events/7/properties?connection=main')).toMatchObject({ status: 403 })
    const detail = 'No LionDesk connection has this id, or you have no grant for it.'
    expect(await get('north', '/events/7/properties?connection=other')).toMatchObject({ status: 403, body: { detail } })
    expect(sandbox.control.liondesk.requests()).toEqual([])
  })

  test('a cached response of a tenant is not served to another tenant', async () => {
    const [sid] = getSids(getClaimed('b1002'))
    expect((await get('south', `/properties/${sid}`)).status).toBe(200)
    expect((await get('south', `/leads?sid=${sid}`)).status).toBe(200)
    expect((await get('south', '/leads?brokerageId=b1002')).status).toBe(200)
    await refused(`/properties/${sid}`, '/properties/999999', 404)
    await refused(`/leads?sid=${sid}`, '/leads?sid=999999', 404)
    await refused('/leads?brokerageId=b1002&offset=1', '/leads?brokerageId=b9999&offset=1', 403)
  })

  test('cursors and tickets of another tenant are rejected', async () => {
    const { body } = await get('south', '/leads/feed?brokerageId=b1002')
    expect(await get('north', `/leads/feed?brokerageId=b1002&after=${body.cursor}`)).toMatchObject({ status: 403 })
    expect(await get('north', `/leads/feed?brokerageId=b1001&after=${body.cursor}`)).toMatchObject({ status: 400 })
    const issued = await gateway.send('POST', '/leads/feed/tickets', { brokerageId: 'b1002' }, as('south'))
    const { ticket } = issued.body
    expect(await gateway.get(`/leads/feed?brokerageId=b1002&ticket=${ticket}`)).toMatchObject({ status: 200 })
    expect(await gateway.get(`/leads/feed?brokerageId=b1001&ticket=${ticket}`)).toMatchObject({ status: 403 })
    expect(await gateway.get(`/leads?brokerageId=b1002&ticket=${ticket}`)).toMatchObject({ status: 401 })
  })
})

test('a grant for an agent gives access to the agent’s data, but not to that of colleagues', async () => {
  const [own] = getSids(['agent1@example.com'])
  const [other] = getSids(['agent2@example.com'])
  for (const url of [`/properties/${own}`, `/leads?sid=${own}`, '/agents/agent1@example.com/properties']) {
    expect([url, (await get('agent', url)).status]).toEqual([url, 200])
  }
  for (const [url, want] of [
    [`/properties/${other}`, 404],
    [`/leads?sid=${other}`, 404],
    ['/agents/agent2@example.com/properties', 403],
    ['/leads?brokerageId=b1001', 403],
    ['/leads?teamId=t2001', 403],
    ['/brokerages/b1001/agents', 403],
  ] as const) {
    expect([url, (await get('agent', url)).status]).toEqual([url, want])
  }
})

test('a grant for a team gives access to its leads, but not to properties, without an upstream call', async () => {
  expect(await get('team', '/leads?teamId=t2001')).toMatchObject({ status: 200 })
  sandbox.control.reset()
  const [sid] = getSids(['agent1@example.com'])
  expect(await get('team', `/properties/${sid}`)).toMatchObject({ status: 404, body: { code: 'unknown-property' } })
  expect(receivedRequests()).toEqual([])
})

test('the agent of a property is looked up once in five minutes', async () => {
  const [sid] = getSids(['agent3@example.com'])
  await get('north', `/properties/${sid}`)
  await get('north', `/properties/${sid}/open-houses`)
  await get('north', `/leads?sid=${sid}`)
  const claims = receivedRequests().filter((operation) => operation === 'getClaimedList')
  expect(claims.length).toBeLessThanOrEqual(1)
})

test('returns nothing of a property whose agent is unknown', async () => {
  const [sid] = getSids(['agent10@example.com'])
  sandbox.control.spacio.fault({ operation: 'getProperty', kind: 'status', status: 500 })
  expect(await get('south', `/properties/${sid}`)).toMatchObject({ status: 502 })
})
