/** The tools of an assistant, through the official client over HTTP. */
import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { tools } from '#src/mcp/tools/index.ts'
import { everyScope } from '../../support/clients.ts'
import { type AssistantGateway, type Era, openAssistantGateway } from '../../support/mcp.ts'

let foyer: AssistantGateway

let aheadBy = 0

beforeAll(async () => {
  foyer = await openAssistantGateway({}, { now: () => new Date(Date.now() + aheadBy) })
  newest.id = foyer.sandbox.world.leads.find(({ bid }) => bid === newest.brokerageId)?.id as string
})
beforeEach(() => foyer.sandbox.control.reset())
afterAll(() => foyer.close())

const names = tools.map(({ name }) => name)

/** A lead of the sandbox. Its id depends on the time. */
const newest = { id: '', brokerageId: 'b1001' }

/** Each tool with valid arguments, the list that it reads, and invalid arguments. */
const cases: [name: string, right: object, url: string, wrong: object, complaint: RegExp][] = [
  [
    'list_visitors',
    { brokerageId: 'b1001' },
    '/leads?brokerageId=b1001',
    { brokerageId: 'b1001', hasagent: 'true' },
    /hasagent is not an argument/,
  ],
  ['list_property_visitors', { sid: 10101 }, '/leads?sid=10101', { sid: 'x' }, /sid must be integer/],
  ['find_lead', newest, '', { id: 'x' }, /brokerageId is missing: send brokerageId, teamId or sid/],
  ['read_new_visitors', { teamId: 't2001' }, '', { teamId: 't2001', cursor: 'forged' }, /invalid-request.*cursor/is],
  ['show_listing', { sid: 10101 }, '/properties/10101/open-houses', {}, /sid is required/],
  [
    'list_agent_listings',
    { agent: 'agent1@example.com' },
    '/agents/agent1@example.com/properties',
    { agent: '..' },
    /agent does not match the required pattern/,
  ],
  ['list_brokerage_agents', { brokerageId: 'b1001' }, '', { brokerageId: 'b1001', limit: 101 }, /limit must be <= 100/],
  [
    'list_brokerage_open_houses',
    { brokerageId: 'b1001' },
    '/brokerages/b1001/open-houses',
    { brokerageId: 'b1001', timeZone: 'Mars' },
    /timeZone is not an IANA time zone/,
  ],
  [
    'find_contacts',
    { email: 'Visitor2@example.com' },
    '/contacts?email=Visitor2@example.com',
    { email: 'visitor2@example.com', phone: '517-555-0104' },
    /phone cannot be combined with email/,
  ],
  [
    'list_contact_events',
    { contactId: '1', sort: 'createdAt' },
    '/events?contactId=1&sort=createdAt',
    { contactId: '1', kind: 'x' },
    /kind is not an argument/,
  ],
  [
    'list_event_properties',
    { eventId: '7' },
    '/events/7/properties',
    { eventId: '7', cursor: 'x' },
    /cursor is not a cursor of this tool/,
  ],
  ['show_my_access', {}, '', { brokerageId: 'b1001' }, /brokerageId/],
  ['explain_problem', { code: 'cursor-expired' }, '', { code: 'nothing' }, /code must be one of/],
]

test('every tool has a case here, a name of its own, and a scope that exists', () => {
  expect(cases.map(([name]) => name)).toEqual(names)
  expect(new Set(names).size).toBe(names.length)
  for (const { scope } of tools) expect([null, ...everyScope]).toContain(scope)
})

test('the documentation lists the tools that there are', () => {
  const rows = readFileSync(`${import.meta.dirname}/../../../docs/mcp.md`, 'utf8').matchAll(
    /^\| `(\w+)` \| (.+) \| (.+) \|$/gm,
  )
  const documented = [...rows].map(([, name, title, scope]) => [name, title, scope])
  expect(documented).toEqual(
    tools.map(({ name, title, scope }) => [name, title, scope === null ? 'none' : `\`${scope}\``]),
  )
})

describe.each<Era>(['legacy', 'auto'])('a client of the %s revision', (era) => {
  test('sees every tool, told apart as read-only, with schemas that stand alone', async () => {
    const { client } = await foyer.connect('whole', era)
    const listed = (await client.listTools()).tools
    expect(listed.map(({ name }) => name)).toEqual(names)
    for (const { annotations, inputSchema, outputSchema } of listed) {
      expect(annotations).toMatchObject({ readOnlyHint: true, destructiveHint: false })
      expect(inputSchema.additionalProperties).toBe(false)
      expect(outputSchema?.type).toBe('object')
      expect(JSON.stringify([inputSchema, outputSchema])).not.toMatch(/"\$ref":"(?!#\/\$defs\/)|"examples"|"source"/)
    }
    // No tool requests the property of a lead.
    for (const name of ['list_visitors', 'find_lead', 'read_new_visitors'])
      expect(JSON.stringify(listed.find((tool) => tool.name === name)?.outputSchema)).not.toContain('"property"')
    expect(client.getInstructions()).toContain('Read-only')
  })

  test.each(cases)('%s', async (name, right, url, wrong, complaint) => {
    const { call } = await foyer.connect('whole', era)
    const answer = await call(name, { ...right })
    expect(answer).toMatchObject({ isError: false, structured: expect.anything() })
    if (url !== '') {
      const { body } = await foyer.gateway.get(
        `${url}${url.includes('?') ? '&' : '?'}limit=25`,
        foyer.clients.headers('whole'),
      )
      expect(answer.structured).toMatchObject({ data: body.data, total: body.pagination.total })
      expect(body.data.length).toBeGreaterThan(0)
    }
    const refused = await call(name, { ...wrong })
    expect(refused.isError).toBe(true)
    expect(refused.text).toMatch(complaint)
  })
})

test('a client is shown its own scopes and grants, as by GET /me, without an upstream call', async () => {
  const { call } = await foyer.connect('whole')
  const { control } = foyer.sandbox
  const countCalls = () => control.spacio.requests().length + control.liondesk.requests().length
  const before = countCalls()
  const { structured } = await call('show_my_access', {})
  expect(structured).toEqual((await foyer.gateway.get('/me', foyer.clients.headers('whole'))).body)
  expect(structured).toMatchObject({ client: 'whole', grants: { brokerages: '*' } })
  expect(countCalls()).toBe(before)
})

test('a visitor is found as by GET /leads/{id}; otherwise the error names the searched days', async () => {
  const { call } = await foyer.connect('whole')
  const { structured, text } = await call('find_lead', { ...newest })
  const { body } = await foyer.gateway.get(`/leads/${newest.id}?brokerageId=b1001`, foyer.clients.headers('whole'))
  expect(structured).toEqual(body)
  expect(text).toContain(body.fullName)
  const unknown = await call('find_lead', { ...newest, id: 'nobody', from: '2024-01-01', to: '2024-01-02' })
  expect(unknown).toMatchObject({ isError: true, text: expect.stringContaining('searched: 2024-01-01 to 2024-01-02') })
})

test('a problem is explained as in the catalogue, without its example', async () => {
  const { call, client } = await foyer.connect('whole')
  const { structured } = await call('explain_problem', { code: 'cursor-expired' })
  const { example: _, ...kind } = (await foyer.gateway.get('/problems/cursor-expired', { accept: 'application/json' }))
    .body
  expect(structured).toEqual(kind)
  const listed = (await client.listTools()).tools.find(({ name }) => name === 'explain_problem')
  expect(Object.keys(listed?.outputSchema?.properties ?? {}).sort()).toEqual(Object.keys(kind).sort())
})

test('who visited a listing last Saturday and has no agent', async () => {
  const { call } = await foyer.connect('whole')
  const all = await call('list_property_visitors', { sid: 10101, limit: 100 })
  const day = all.structured.data[0].createdAt.slice(0, 10)
  const found = await call('list_property_visitors', { sid: 10101, from: day, to: day, hasAgent: 'false' })
  const wanted = all.structured.data.filter((lead: any) => lead.createdAt.startsWith(day) && lead.hasAgent === false)
  expect(found.structured.data).toEqual(wanted)
  expect(wanted.length).toBeGreaterThan(0)
  for (const { fullName } of wanted) expect(found.text).toContain(fullName)
})

test('a listing is shown with its open houses', async () => {
  const { call } = await foyer.connect('whole')
  const { structured, text } = await call('show_listing', { sid: 10101 })
  const { body } = await foyer.gateway.get('/properties/10101', foyer.clients.headers('whole'))
  expect(structured.property).toEqual(body)
  expect(text).toContain(body.unparsedAddress)
})

test('agents come with their last activity', async () => {
  const { call } = await foyer.connect('whole')
  const { structured } = await call('list_brokerage_agents', { brokerageId: 'b1001' })
  const headers = foyer.clients.headers('whole')
  const agents = await foyer.gateway.get('/brokerages/b1001/agents', headers)
  const activity = await foyer.gateway.get('/brokerages/b1001/activity', headers)
  const getLast = (email: string) => activity.body.data.find((each: any) => each.email === email)?.lastActiveAt ?? null
  expect(structured.data).toEqual(agents.body.data.map(({ email }: any) => ({ email, lastActiveAt: getLast(email) })))
  expect(structured.data.some((each: any) => each.lastActiveAt !== null)).toBe(true)
})

test('new visitors are read once each, with the cursor of the feed', async () => {
  const { call } = await foyer.connect('whole')
  const first = await call('read_new_visitors', { brokerageId: 'b1001' })
  expect(first.structured.data).toEqual([])
  const [added] = foyer.sandbox.control.spacio.addLead({ sid: 10101 })
  // An upstream that has just been called is not called again.
  aheadBy = 6_000
  const after = first.structured.nextCursor
  const next = await call('read_new_visitors', { brokerageId: 'b1001', cursor: after })
  expect(next.structured.data.map(({ id }: any) => id)).toEqual([added?.id])
  const last = await call('read_new_visitors', { brokerageId: 'b1001', cursor: next.structured.nextCursor })
  expect(last.structured.data).toEqual([])
})

test('paging by cursors returns the same list as REST', async () => {
  const { call } = await foyer.connect('whole')
  const query = { brokerageId: 'b1001', hasAgent: 'false' }
  const rows: unknown[] = []
  let cursor: string | undefined
  let calls = 0
  do {
    const { structured } = await call('list_visitors', { ...query, limit: 20, ...(cursor && { cursor }) })
    rows.push(...structured.data)
    cursor = structured.nextCursor ?? undefined
    calls += 1
  } while (cursor !== undefined)
  const { body } = await foyer.gateway.get(
    '/leads?brokerageId=b1001&hasAgent=false&limit=200',
    foyer.clients.headers('whole'),
  )
  expect(rows).toEqual(body.data)
  expect(calls).toBe(Math.ceil(body.pagination.total / 20))
  expect(calls).toBeGreaterThan(2)
})

test('a cursor belongs to its arguments and contains only a position', async () => {
  const { call } = await foyer.connect('whole')
  const { structured } = await call('list_visitors', { brokerageId: 'b1001', limit: 1 })
  const cursor: string = structured.nextCursor
  const changed = await call('list_visitors', { brokerageId: 'b1002', limit: 1, cursor })
  expect([changed.isError, changed.text]).toEqual([true, expect.stringMatching(/belongs to other arguments/)])
  const elsewhere = await call('list_brokerage_open_houses', { brokerageId: 'b1001', cursor })
  expect(elsewhere.isError).toBe(true)
  const [, digest] = Buffer.from(cursor, 'base64url').toString().split('.')
  for (const offset of ['-1', '1e9', '9999999', '', '0x10', '1&limit=200']) {
    const forged = Buffer.from(`${offset}.${digest}`).toString('base64url')
    const refused = await call('list_visitors', { brokerageId: 'b1001', limit: 1, cursor: forged })
    expect([offset, refused.isError]).toEqual([offset, true])
  }
})
