/** `include=property`: each lead has the property that was visited, if the caller may see it. */
import type { AddressInfo } from 'node:net'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { loadConfig } from '#src/config.ts'
import { createEntry, everyGrant, everyScope, makeKey, writeClients, writeDocument } from '../../support/clients.ts'
import { type EventReader, openEventReader } from '../../support/event-reader.ts'
import { createPage, createWireLead, openScriptedSpacio, type SpacioCall } from '../../support/spacio.ts'
import { createEnvironment, openSandboxAndGateway, type SandboxGateway } from '../../support/test-gateway.ts'

const start = Date.parse('2026-03-15T12:00:00Z')

const withoutProperties = everyScope.filter((scope) => scope !== 'properties:read')

const clients = writeClients({
  whole: { scopes: everyScope, grants: everyGrant },
  brokerage: { scopes: ['leads:read', 'properties:read'], grants: { brokerages: ['b1001'] } },
  team: { scopes: ['leads:read', 'properties:read'], grants: { teams: ['t2001'] } },
  blind: { scopes: withoutProperties, grants: everyGrant },
  sourceless: { scopes: everyScope.filter((scope) => scope !== 'source:read'), grants: everyGrant },
})

type Client = Parameters<typeof clients.headers>[0]

let clock = start
let gateway: SandboxGateway

beforeAll(async () => {
  const env = { FOYER_AUTH: 'required', FOYER_CLIENTS_FILE: clients.path, FOYER_FEED_FLOOR: '0.05' }
  gateway = await openSandboxAndGateway({
    sandbox: { leads: 2_000, now: new Date(start) },
    env: { ...env, SPACIO_HOURLY_BUDGET: '10000000' },
    now: () => new Date(clock),
  })
})

beforeEach(() => {
  gateway.sandbox.control.reset()
  // All cached data of the gateway is stale.
  clock += 3_600_000
})

afterAll(() => gateway.close())

const get = (url: string, client: Client = 'whole') => gateway.get(url, clients.headers(client))

const listCalls = (): string[] => gateway.sandbox.control.spacio.requests().map(({ operation }) => operation)

const countCalls = (operation: string): number => listCalls().filter((each) => each === operation).length

const getSids = (leads: { sid: number }[]): Set<number> => new Set(leads.map(({ sid }) => sid))

const list = '/leads?brokerageId=b1001'

describe('the list', () => {
  test('has the property of each lead, as GET /properties/{sid} has it, for one call per distinct sid', async () => {
    const { status, body, headers } = await get(`${list}&include=property&limit=40`)
    expect(status).toBe(200)
    expect(body.data).toHaveLength(40)
    const sids = getSids(body.data)
    expect(countCalls('getProperty')).toBe(sids.size)
    expect(headers).not.toHaveProperty('cache-status')
    const plain = await get(`${list}&limit=40`)
    for (const [index, { property, ...lead }] of body.data.entries()) {
      expect(lead).toEqual(plain.body.data[index])
      expect(property).toEqual((await get(`/properties/${lead.sid}`)).body)
    }
    expect(countCalls('getProperty')).toBe(sids.size)
  })

  test('reads only the properties of its page, and a page that is cached costs nothing', async () => {
    await get(`${list}&include=property&limit=1`)
    expect(countCalls('getProperty')).toBe(1)
    await get(`${list}&include=property&limit=1`)
    expect(countCalls('getProperty')).toBe(1)
  })

  test('without the parameter has no property, and reads none', async () => {
    expect((await get(`${list}&limit=5`)).body.data[0]).not.toHaveProperty('property')
    expect(countCalls('getProperty')).toBe(0)
  })

  test('with Cache-Control: no-cache reads each property once more', async () => {
    await get(`${list}&include=property&limit=1`)
    await gateway.get(`${list}&include=property&limit=1`, { ...clients.headers('whole'), 'cache-control': 'no-cache' })
    expect(countCalls('getProperty')).toBe(2)
  })

  test('of a property needs no call more than the list', async () => {
    const { body } = await get('/leads?sid=10101&include=property', 'brokerage')
    expect(body.data[0].property).toMatchObject({ sid: 10101, title: expect.any(String) })
    expect(countCalls('getProperty')).toBe(1)
  })
})

describe('objects without a grant', () => {
  test('is null: the properties that are 404 for the same key', async () => {
    const { body } = await get(`${list}&include=property&limit=200`, 'brokerage')
    const hidden = body.data.filter(({ property }: { property: unknown }) => property === null)
    expect(hidden.length).toBeGreaterThan(0)
    expect(hidden.length).toBeLessThan(body.data.length)
    for (const sid of getSids(body.data)) {
      const isHidden = getSids(hidden).has(sid)
      expect([sid, (await get(`/properties/${sid}`, 'brokerage')).status]).toEqual([sid, isHidden ? 404 : 200])
    }
  })

  test('is null for a client with the grant of a team only', async () => {
    const { body } = await get('/leads?teamId=t2001&include=property&limit=200', 'team')
    expect(body.data.length).toBeGreaterThan(0)
    expect(new Set(body.data.map(({ property }: { property: unknown }) => property))).toEqual(new Set([null]))
    expect(countCalls('getProperty')).toBe(0)
  })

  test.each([
    '/leads?include=property&',
    '/leads/x?include=property&',
    '/leads/export?format=ndjson&include=property&',
    '/leads/feed?include=property&',
    '/leads?include=property,source&',
    '/leads?include=source,property&',
  ])('%s without the scope properties:read is 403, and nothing is read', async (url) => {
    const { status, body } = await get(`${url}brokerageId=b1001`, 'blind')
    expect([status, body.detail]).toEqual([403, 'This operation needs the scope properties:read.'])
    expect(listCalls()).toEqual([])
  })

  test('include=property,source needs the scope source:read too', async () => {
    expect((await get(`${list}&include=property,source`, 'sourceless')).status).toBe(403)
    expect((await get(`${list}&include=property&limit=1`, 'sourceless')).status).toBe(200)
  })

  test('with source: both records are there, in either order', async () => {
    for (const include of ['property,source', 'source,property']) {
      const [lead] = (await get(`${list}&include=${include}&limit=1`)).body.data
      expect(lead.source.operation).toBe('getRegistrantsByBrokerage')
      expect(lead.property.source).toMatchObject({ operation: 'getProperty', record: { sid: lead.sid } })
    }
    const [lead] = (await get(`${list}&include=property&limit=1`)).body.data
    expect([lead.source, lead.property.source]).toEqual([undefined, undefined])
  })

  test.each(['properties', 'property,', 'property,property', 'property%20', 'source,property,source', ''])(
    'include=%s is 400',
    async (include) => {
      expect((await get(`${list}&include=${include}`)).status).toBe(400)
      expect(listCalls()).toEqual([])
    },
  )
})

test('one lead has its property', async () => {
  const [lead] = (await get(`${list}&limit=1&include=property`)).body.data
  expect((await get(`/leads/${lead.id}?brokerageId=b1001&include=property`)).body).toEqual(lead)
  const one = await get(`/leads/${lead.id}?brokerageId=b1001&include=property,source`)
  expect(one.body).toMatchObject({ source: { record: { id: lead.id } }, property: { source: {} } })
})

describe('the export', () => {
  const exportLines = async (include: string) => {
    const url = `/leads/export?brokerageId=b1001&format=ndjson&include=${include}`
    const { body } = await gateway.app.inject({ url, headers: clients.headers('whole') })
    return body
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line))
  }

  test('as NDJSON has the property of each lead', async () => {
    const lines = await exportLines('property')
    const { body } = await get(`${list}&include=property&limit=200`)
    expect(lines).toEqual(body.data)
    expect(countCalls('getProperty')).toBe(getSids(lines).size)
  })

  test('as NDJSON can have the source too', async () => {
    expect((await exportLines('property,source'))[0]).toMatchObject({
      source: { operation: 'getRegistrantsByBrokerage' },
      property: { source: { operation: 'getProperty' } },
    })
  })

  test.each(['property', 'source'])('as CSV takes no include=%s: 400', async (include) => {
    const { status, body } = await get(`/leads/export?brokerageId=b1001&format=csv&include=${include}`)
    expect([status, body.errors[0].path]).toEqual([400, 'query/include'])
    expect(listCalls()).toEqual([])
  })
})

describe('the feed', () => {
  const from = new Date(start - 3 * 86_400_000).toISOString().slice(0, 10)
  const feed = '/leads/feed?brokerageId=b1001&include=property'

  let url: string
  const readers: EventReader[] = []

  beforeAll(async () => {
    await gateway.app.listen({ host: '127.0.0.1', port: 0 })
    url = `http://127.0.0.1:${(gateway.app.server.address() as AddressInfo).port}`
  })

  afterEach(() => {
    for (const reader of readers.splice(0)) reader.disconnect()
  })

  const read = async (path: string, headers: Record<string, string> = {}) => {
    const reader = await openEventReader(url + path, headers)
    readers.push(reader)
    return reader
  }

  const getLeads = ({ events }: EventReader) => events.filter(({ event }) => event === 'lead').map(({ data }) => data)

  const arrive = (sid: number, name = 'Newcomer') => {
    const dateCreated = new Date(clock).toISOString().slice(0, 19).replace('T', ' ')
    gateway.sandbox.control.spacio.addLead({ sid, name, dateCreated })
  }

  /** A property whose agent is in no claimed list. */
  const findUnclaimed = () => {
    const { agents, properties } = gateway.sandbox.world
    const own = agents.filter(({ bid, claimed }) => bid === 'b1001' && !claimed).map(({ email }) => email)
    return properties.find(({ email }) => own.includes(email)) as { email: string; sid: number }
  }

  test('has the property of each lead', async () => {
    const { status, body } = await get(`${feed}&from=${from}`)
    expect(status).toBe(200)
    expect(body.data.length).toBeGreaterThan(0)
    for (const lead of body.data) expect(lead.property).toEqual((await get(`/properties/${lead.sid}`)).body)
    expect((await get(`${feed}&include=source`)).status).toBe(400)
    expect((await get(feed.replace('=property', '=source'))).status).toBe(400)
  })

  test('as a live stream has the property, for each listener by its own grants', async () => {
    const [whole, brokerage, plain] = [
      await read(feed, clients.headers('whole')),
      await read(feed, clients.headers('brokerage')),
      await read(feed.replace('&include=property', ''), clients.headers('whole')),
    ]
    const { email, sid } = findUnclaimed()
    arrive(sid)
    await expect.poll(() => [whole, brokerage, plain].map((reader) => getLeads(reader).length)).toEqual([1, 1, 1])
    expect(getLeads(whole)[0].property).toMatchObject({ sid, listAgentEmail: email })
    expect(getLeads(brokerage)[0].property).toBeNull()
    expect(getLeads(plain)[0]).not.toHaveProperty('property')
  })

  test('as a live stream reports a property that cannot be read, and brings the lead afterwards', async () => {
    const reader = await read(feed, clients.headers('whole'))
    gateway.sandbox.control.spacio.fault({ operation: 'getProperty', kind: 'html' })
    arrive(10101, 'First')
    await expect.poll(() => reader.events.map(({ event }) => event)).toEqual(['problem'])
    gateway.sandbox.control.spacio.clearFaults()
    arrive(10102, 'Second')
    await expect.poll(() => getLeads(reader).map(({ fullName }) => fullName)).toEqual(['First', 'Second'])
    expect(getLeads(reader).map(({ property }) => property.sid)).toEqual([10101, 10102])
  })

  test('as a live stream has the property as it is when the lead arrives', async () => {
    const reader = await read(feed, clients.headers('whole'))
    for (const count of [1, 2]) {
      arrive(10101)
      await expect.poll(() => getLeads(reader).length).toBe(count)
      expect(countCalls('getProperty')).toBe(count)
      clock += 3_600_000
    }
  })

  test('opens with the ticket of an API key, and shows what the key may see', async () => {
    const issue = async (client: Client) =>
      (await gateway.send('POST', '/leads/feed/tickets', { brokerageId: 'b1001' }, clients.headers(client))).body.ticket
    const reader = await read(`${feed}&ticket=${await issue('brokerage')}`)
    arrive(10101)
    await expect.poll(() => getLeads(reader).length).toBe(1)
    expect(getLeads(reader)[0].property).toMatchObject({ sid: 10101 })
    expect((await read(`${feed}&ticket=${await issue('blind')}`)).status).toBe(403)
  })

  test('as a live stream follows a reload that withdraws a grant', async () => {
    const key = makeKey()
    const tenantsWith = (agents: string[]) => {
      const client = { id: 'web', scopes: ['leads:read', 'properties:read'], grants: { brokerages: ['b1001'], agents } }
      const document = writeDocument({ clients: [createEntry(client, key)] })
      return loadConfig({ ...createEnvironment(gateway.sandbox), FOYER_CLIENTS_FILE: document }).tenants
    }
    const before = loadConfig({ ...createEnvironment(gateway.sandbox), FOYER_CLIENTS_FILE: clients.path }).tenants
    const { email, sid } = findUnclaimed()
    gateway.app.reload({ tenants: tenantsWith([email]) })
    const reader = await read(feed, { 'x-api-key': key })
    arrive(sid)
    await expect.poll(() => getLeads(reader).length).toBe(1)
    gateway.app.reload({ tenants: tenantsWith([]) })
    arrive(sid)
    await expect.poll(() => getLeads(reader).length).toBe(2)
    expect(getLeads(reader).map(({ property }) => property?.sid)).toEqual([sid, undefined])
    gateway.app.reload({ tenants: before })
  })
})

describe('the limits', () => {
  const serve =
    (sids: readonly number[], property: (call: SpacioCall) => unknown = ({ form }) => ({ sid: Number(form.sid) })) =>
    (call: SpacioCall) => {
      if (call.operation === 'v1/getProperty') return { body: property(call) }
      return { body: createPage(sids.map((sid, index) => createWireLead(index + 1, { sid }))) }
    }

  const open = () => openScriptedSpacio({ bypassesCache: false, now: () => new Date(start) })

  const url = '/leads?brokerageId=b1&limit=200&include=property'

  const createRange = (count: number) => Array.from({ length: count }, (_, index) => 20_001 + index)

  test('60 uncached properties are read; 61 are 422, which names the limit, before any is read', async () => {
    const spacio = await open()
    spacio.answer(serve(createRange(61)))
    expect(await spacio.get(url)).toMatchObject({
      status: 422,
      body: {
        code: 'unprocessable',
        detail: expect.stringContaining('at most 60'),
        errors: [{ path: 'query/include' }],
      },
    })
    expect(spacio.calls.map(({ operation }) => operation)).toEqual(['v2/getRegistrantsByBrokerage'])
    expect((await spacio.get(url.replace('limit=200', 'limit=60'))).status).toBe(200)
    expect(spacio.calls.filter(({ operation }) => operation === 'v1/getProperty')).toHaveLength(60)
    // Now 60 of them are cached.
    expect((await spacio.get(url)).status).toBe(200)
    expect(spacio.calls.filter(({ operation }) => operation === 'v1/getProperty')).toHaveLength(61)
    // A request that bypasses the cache would read all of them.
    expect((await spacio.get(url, { 'cache-control': 'no-cache' })).status).toBe(422)
    await spacio.close()
  })

  test('a sid without a property, once cached, does not count', async () => {
    const spacio = await open()
    spacio.answer(serve(createRange(61), () => '"invalid-sid"'))
    expect((await spacio.get(url.replace('limit=200', 'limit=60'))).status).toBe(200)
    expect((await spacio.get(url)).status).toBe(200)
    await spacio.close()
  })

  test('a sid without a property is null, and is not asked for again for five minutes', async () => {
    const spacio = await open()
    spacio.answer(serve([1, 2, 2, 3], ({ form }) => (form.sid === '2' ? '"invalid-sid"' : { sid: Number(form.sid) })))
    for (let time = 0; time < 2; time += 1) {
      const { body } = await spacio.get(url)
      expect(body.data.map(({ property }: { property: unknown }) => property !== null)).toEqual([
        true,
        false,
        false,
        true,
      ])
    }
    expect(spacio.calls.filter(({ operation }) => operation === 'v1/getProperty').map(({ form }) => form.sid)).toEqual([
      '1',
      '2',
      '3',
    ])
    await spacio.close()
  })

  test('a property to which the Spacio key has no access is null, and so is that of a lead without a sid', async () => {
    const spacio = await open()
    spacio.answer(serve([1, null as never], () => '"access-denied"'))
    const { status, body } = await spacio.get(url)
    expect([status, body.data.map(({ property }: { property: unknown }) => property)]).toEqual([200, [null, null]])
    await spacio.close()
  })

  test('a property that cannot be read fails the request: it is never null', async () => {
    const spacio = await open()
    spacio.answer(serve([1], () => '<html>'))
    expect(await spacio.get(url)).toMatchObject({ status: 502, body: { upstream: { operation: 'getProperty' } } })
    await spacio.close()
  })

  test('an export of more than 5,000 leads takes no include=property: 422', async () => {
    const spacio = await open()
    spacio.answer({
      'v2/getRegistrantsByBrokerage': createPage(Array.from({ length: 5_001 }, (_, n) => createWireLead(n + 1))),
    })
    const exported = '/leads/export?brokerageId=b1&format=ndjson&from=2026-03-01&to=2026-03-02'
    expect(await spacio.get(`${exported}&include=property`)).toMatchObject({
      status: 422,
      body: { code: 'unprocessable', detail: expect.stringContaining('5000') },
    })
    expect((await spacio.app.inject(exported)).statusCode).toBe(200)
    await spacio.close()
  })
})
