/** Leads: the ids of a property's leads, filters, order, and valid combinations of parameters. */
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createLeadIds } from '#src/upstreams/spacio/lead-ids.ts'
import type { Lead } from '../../../sandbox/index.ts'
import { createRunOptions } from '../../support/properties.ts'
import { openSandboxAndGateway, type SandboxGateway } from '../../support/test-gateway.ts'

const now = new Date('2026-04-15T12:00:00Z')

let foyer: SandboxGateway

beforeAll(async () => {
  foyer = await openSandboxAndGateway({ bypassesCache: true, sandbox: { leads: 2_500, now }, now: () => now })
})

afterAll(() => foyer.close())

describe('ids of property leads', () => {
  const visitor = { name: 'Jo', email: 'jo@example.com', phone: '1', dateCreated: '2026-03-01 10:00:00' }

  test('do not depend on the order or layout of the list', async () => {
    const { spacio } = foyer.sandbox.control
    for (const _twice of [1, 2]) spacio.addLead({ sid: 10101, ...visitor })
    const idsAndLeads = async (settings: object) => {
      spacio.set(settings)
      const { body } = await foyer.get('/leads?sid=10101&limit=200')
      return body.data
    }
    const newest = await idsAndLeads({ order: 'newest' })
    expect(newest.length).toBeGreaterThan(30)
    expect(new Set(newest.map(({ id }: Lead) => id)).size).toBe(newest.length)
    for (const { id } of newest) expect(id).toMatch(/^p-[\w-]{22}$/)

    expect(await idsAndLeads({ order: 'oldest' })).toEqual(newest)
    expect(await idsAndLeads({ order: 'random', keyedAs: 'array' })).toEqual(newest)
    expect(await idsAndLeads({ strictJson: true, keyedAs: 'object' })).toEqual(newest)
    spacio.reset()
  })

  test('do not change when another lead arrives', async () => {
    const findIds = async () => (await foyer.get('/leads?sid=10102&limit=200')).body.data.map(({ id }: Lead) => id)
    const before = await findIds()
    foyer.sandbox.control.spacio.addLead({ sid: 10102, ...visitor })
    const after = await findIds()
    expect(after).toHaveLength(before.length + 1)
    expect(after).toEqual(expect.arrayContaining(before))
    foyer.sandbox.control.spacio.reset()
  })

  test.each<[string, { given: [object[], number]; want: number }]>([
    ['exact duplicates are distinct', { given: [[visitor, visitor, visitor], 1], want: 3 }],
    ['other fields do not change the id', { given: [[{ ...visitor, hasAgent: 'YES' }], 1], want: 1 }],
    ['absent and empty fields differ', { given: [[{ name: '' }, { name: null }, { email: '' }], 1], want: 3 }],
    [
      'adjacent fields cannot be confused',
      {
        given: [
          [
            { name: 'ab', email: 'c' },
            { name: 'a', email: 'bc' },
          ],
          1,
        ],
        want: 2,
      },
    ],
  ])('%s', (_name, { given: [records, sid], want }) => {
    expect(new Set(createLeadIds(records, sid)).size).toBe(want)
  })

  test('depend on the property', () => {
    expect(createLeadIds([visitor], 1)).not.toEqual(createLeadIds([visitor], 2))
  })

  test('match the documented digest, so that clients can store them', () => {
    expect(createLeadIds([visitor, { ...visitor, hasAgent: 'NO' }], 10191)).toMatchInlineSnapshot(`
      [
        "p-XUg8uq2H41vHuV6OxsC_rt",
        "p-B22a8mb7cml6PxFMXP9bVv",
      ]
    `)
  })

  test('are distinct and independent of order for any list', () => {
    const few = fc.constantFrom('a', 'b', null)
    const record = fc.record({ name: few, email: few, hasAgent: few, answersObj: fc.jsonValue({ maxDepth: 2 }) })
    fc.assert(
      fc.property(fc.array(record, { maxLength: 12 }), fc.infiniteStream(fc.nat()), (records, stream) => {
        const ids = createLeadIds(records, 7)
        expect(new Set(ids).size).toBe(records.length)
        for (const id of ids) expect(id).toMatch(/^p-/)
        const places = records.map((_, index) => index).sort(() => ((stream.next().value as number) % 2 ? 1 : -1))
        const shuffled = createLeadIds(
          places.map((index) => records[index]),
          7,
        )
        const byRecord = (list: unknown[], its: string[]) =>
          list.map((entry, index) => `${JSON.stringify(entry)} ${its[index]}`).sort()
        expect(
          byRecord(
            places.map((index) => records[index]),
            shuffled,
          ),
        ).toEqual(byRecord(records, ids))
      }),
      createRunOptions(200, { seed: 8 }),
    )
  })
})

describe('filters', () => {
  const stance = { YES: true, NO: false, UNKNOWN: null }
  const window = 'from=2026-03-01&to=2026-04-15&limit=200'

  const report = (): Lead[] =>
    foyer.sandbox.world.leads.filter(
      ({ bid, dateCreated }) => bid === 'b1001' && dateCreated >= Date.parse('2026-03-01T00:00:00Z'),
    )

  test.each<[string, (lead: Lead) => boolean]>([
    ['hasAgent=true', (lead) => stance[lead.hasAgent] === true],
    ['hasAgent=false', (lead) => stance[lead.hasAgent] === false],
    ['hasAgent=null', (lead) => stance[lead.hasAgent] === null],
    ['hasAgent[ne]=true', (lead) => stance[lead.hasAgent] !== true],
    ['hasAgent[ne]=null', (lead) => stance[lead.hasAgent] !== null],
    ['hasFinancing=true', (lead) => stance[lead.hasFinancing] === true],
    ['hasFinancing[ne]=false', (lead) => stance[lead.hasFinancing] !== false],
    [
      'hasAgent=false&hasFinancing=true',
      (lead) => !stance[lead.hasAgent] && stance[lead.hasAgent] !== null && stance[lead.hasFinancing] === true,
    ],
    ['agentEmail=agent2@example.com', (lead) => lead.agentEmail === 'agent2@example.com'],
    ['agentEmail[ne]=agent2@example.com', (lead) => lead.agentEmail !== 'agent2@example.com'],
    ['agentEmail[in]=agent2@example.com,agent3@example.com', (lead) => /^agent[23]@/.test(lead.agentEmail)],
    ['agentEmail[nin]=agent2@example.com,agent3@example.com', (lead) => !/^agent[23]@/.test(lead.agentEmail)],
    ['agentEmail=nobody@example.com', () => false],
    ['sid=10101', (lead) => lead.sid === 10101],
    ['sid[ne]=10101', (lead) => lead.sid !== 10101],
    ['sid[in]=10101,10102', (lead) => [10101, 10102].includes(lead.sid)],
    ['sid[nin]=10101,10102', (lead) => ![10101, 10102].includes(lead.sid)],
    ['sid[in]=10101,10102,10103&sid[ne]=10102', (lead) => [10101, 10103].includes(lead.sid)],
    [
      'agentEmail[ne]=agent1@example.com&agentEmail[nin]=agent2@example.com',
      (lead) => !/^agent[12]@/.test(lead.agentEmail),
    ],
  ])('%s', async (filter, isWanted) => {
    const { status, body } = await foyer.get(`/leads?brokerageId=b1001&${window}&${filter}`)
    expect(status).toBe(200)
    const wanted = report().filter(isWanted)
    expect(body.pagination.total).toBe(wanted.length)
    const ids = new Set(wanted.map(({ id }) => id))
    expect(body.data).toHaveLength(Math.min(200, wanted.length))
    for (const { id } of body.data) expect(ids.has(id)).toBe(true)
  })

  test('of property leads', async () => {
    const leads = foyer.sandbox.world.leads.filter(({ sid }) => sid === 10101)
    const { body } = await foyer.get('/leads?sid=10101&hasAgent=true&hasFinancing[ne]=false')
    const wanted = leads.filter((lead) => lead.hasAgent === 'YES' && lead.hasFinancing !== 'NO')
    expect(body.pagination.total).toBe(wanted.length)
  })

  test('sort=createdAt reverses the list', async () => {
    const ids = async (query: string) =>
      (await foyer.get(`/leads?sid=10101&limit=200${query}`)).body.data.map(({ id }: Lead) => id)
    const newest = await ids('')
    expect(await ids('&sort=-createdAt')).toEqual(newest)
    expect(await ids('&sort=createdAt')).toEqual(newest.toReversed())
  })
})

describe('meaningless combinations are rejected without an upstream call', () => {
  test.each<[string, string]>([
    ['', 'brokerageId'],
    ['hasAgent=true', 'brokerageId'],
    ['actingAgent=agent1@example.com', 'brokerageId'],
    ['brokerageId=b1001&teamId=t2001', 'teamId'],
    ['brokerageId=b1001&actingAgent=agent1@example.com', 'actingAgent'],
    ['teamId=t2001&actingAgent=agent1@example.com', 'actingAgent'],
    ['sid=10101&agentEmail=agent1@example.com', 'agentEmail'],
    ['sid=10101&agentEmail[in]=agent1@example.com', 'agentEmail[in]'],
    ['sid=10101&sid[in]=10102', 'sid[in]'],
    ['sid=10101&sid[ne]=10102', 'sid[ne]'],
    ['brokerageId=b1001&sid=10101&sid[in]=10102', 'sid'],
    ['brokerageId=b1001&agentEmail=a@b.c&agentEmail[in]=d@e.f', 'agentEmail'],
    [`brokerageId=b1001&agentEmail[in]=${Array(21).fill('a@b.c').join(',')}`, 'agentEmail[in]'],
    [`brokerageId=b1001&agentEmail[nin]=${Array(21).fill('a@b.c').join(',')}`, 'agentEmail[nin]'],
    ['brokerageId=b1001&agentEmail[in]=a@b.c,,d@e.f', 'agentEmail[in]'],
    ['brokerageId=b1001&agentEmail[in]=,', 'agentEmail[in]'],
    ['brokerageId=b1001&hasAgent=yes', 'hasAgent'],
    ['brokerageId=b1001&hasAgent[in]=true,false', 'hasAgent[in]'],
    ['brokerageId=b1001&hasagent=true', 'hasagent'],
    ['brokerageId=b1001&isBroker=true', 'isBroker'],
    ['brokerageId=b1001&sort=fullName', 'sort'],
    ['brokerageId=b1001&sid=ten', 'sid'],
    ['brokerageId=b1001&limit=0', 'limit'],
    ['brokerageId=b1001&limit=201', 'limit'],
    ['brokerageId=b1001&offset=-1', 'offset'],
    ['brokerageId=b1001&page=2', 'page'],
    ['brokerageId=b1001&brokerageId=b1002', 'brokerageId'],
    ['brokerageId=..%2Fb1001', 'brokerageId'],
    ['brokerageId=', 'brokerageId'],
    ['sid=0', 'sid'],
    ['sid=10101.5', 'sid'],
    ['sid=10000000000', 'sid'],
  ])('%s', async (query, name) => {
    foyer.sandbox.control.spacio.clearRequests()
    const reply = await foyer.get(`/leads?${query}`)
    expect(reply).toMatchObject({ status: 400, body: { code: 'invalid-request' } })
    expect(reply.body.errors.map(({ path }: { path: string }) => path)).toContain(`query/${name}`)
    expect(foyer.sandbox.control.spacio.requests()).toEqual([])
  })
})

test('twenty values are allowed', async () => {
  const emails = Array.from({ length: 20 }, (_, index) => `agent${index}@example.com`).join(',')
  expect((await foyer.get(`/leads?brokerageId=b1001&agentEmail[in]=${emails}`)).status).toBe(200)
})

test.each([
  ['/leads?sid=10999', 'unknown-property'],
  ['/leads?brokerageId=b9', 'unknown-brokerage'],
  ['/leads?teamId=t9', 'unknown-team'],
  ['/leads?sid=10101&actingAgent=nobody@example.com', 'unknown-agent'],
])('%s is %s', async (url, code) => {
  expect(await foyer.get(url)).toMatchObject({ status: 404, body: { code } })
})

test('a property without visitors has an empty list', async () => {
  expect(await foyer.get('/leads?sid=10159')).toMatchObject({ status: 200, body: { data: [] } })
})

test('a property without an agent has no token to use', async () => {
  foyer.sandbox.control.spacio.fault({ operation: 'getProperty', kind: 'body', body: { sid: 10150, email: '' } })
  expect(await foyer.get('/leads?sid=10150')).toMatchObject({ status: 404, body: { code: 'unknown-agent' } })
  foyer.sandbox.control.spacio.reset()
})
