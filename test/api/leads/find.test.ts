/** `GET /leads/{id}` reads one lead of a source with as few upstream calls as its id allows. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import {
  beforeLeads,
  createWireLead,
  openScriptedSpacio,
  type ScriptedSpacio,
  type SpacioCall,
} from '../../support/spacio.ts'
import type { TestResponse } from '../../support/test-gateway.ts'

const now = new Date('2026-03-15T12:00:00Z')

let spacio: ScriptedSpacio

beforeAll(async () => {
  spacio = await openScriptedSpacio({ now: () => now })
})

afterAll(() => spacio.close())

type WireLead = ReturnType<typeof createWireLead> & { dateCreated: string }

/** An id that contains its time of insertion, as Spacio's ids seem to. */
const createId = (time: string, number = 1): string =>
  Math.floor(Date.parse(time) / 1000).toString(16) + number.toString(16).padStart(16, '0')

const createLead = (time: string, more: Record<string, unknown> = {}): WireLead =>
  createWireLead(1, { id: createId(time), dateCreated: time.replace('T', ' ').slice(0, 19), ...more }) as WireLead

/** Answers a report like Spacio, in pages of two rows. */
const createReport =
  (leads: readonly WireLead[]) =>
  ({ form }: SpacioCall) => {
    const { startDate = '', endDate = '', page = '1' } = form
    const all = leads.filter(({ dateCreated }) => dateCreated >= startDate && dateCreated.slice(0, 10) <= endDate)
    const data = all.slice(2 * Number(page) - 2, 2 * Number(page))
    const info = { resultsOnPage: data.length, totalCount: all.length, pageNumber: Number(page) }
    return { body: { info: { ...info, totalPages: Math.ceil(all.length / 2) }, data } }
  }

/** The calls, as days and page. */
const listCalls = () => spacio.calls.map(({ form: { startDate, endDate, page } }) => `${startDate} ${endDate} ${page}`)

const find = (id: string, query = ''): Promise<TestResponse> => spacio.get(`/leads/${id}?brokerageId=b1${query}`)

const expectUnknown = (detail: string) => ({
  status: 404,
  body: { code: 'unknown-lead', detail: expect.stringContaining(detail) },
})

/** The default window with one more day on each side. */
const wholeWindow = '2026-02-13 2026-03-16'

const lead = createLead('2026-03-10T10:00:00Z')

const others = ['2026-03-14T09:00:00Z', '2026-03-13T09:00:00Z', '2026-03-12T09:00:00Z', '2026-03-11T09:00:00Z'].map(
  (time, index) => createLead(time, { id: `other-${index}` }),
)

beforeEach(() => spacio.answer(createReport([...others, lead, createLead('2026-02-20T10:00:00Z', { id: 'opaque' })])))

describe('the days that are read first', () => {
  test('those around the second in an id of 24 digits: one call', async () => {
    expect(await find(lead.id as string)).toMatchObject({
      status: 200,
      body: { id: lead.id, fullName: lead.name, createdAt: '2026-03-10T10:00:00Z' },
    })
    expect(spacio.calls).toEqual([
      {
        operation: 'v2/getRegistrantsByBrokerage',
        form: { bid: 'b1', startDate: '2026-03-09', endDate: '2026-03-11', page: '1' },
      },
    ])
  })

  test('those of createdAt: one call, for an id that says nothing', async () => {
    expect(await find('opaque', '&createdAt=2026-02-20T12:00:00%2B02:00')).toMatchObject({ status: 200 })
    expect(listCalls()).toEqual(['2026-02-19 2026-02-21 1'])
  })

  test('those that the log of the feed knows, after createdAt and before the id', async () => {
    const logged = createLead('2026-03-14T10:00:00Z', { id: createId('2026-01-01T00:00:00Z'), name: 'Logged' })
    spacio.answer(createReport([...others.slice(1), logged]))
    await spacio.get('/leads/feed?brokerageId=fed')
    spacio.calls.length = 0
    const { body } = await spacio.get(`/leads/${logged.id}?brokerageId=fed&createdAt=2026-03-01T00:00:00Z`)
    expect(body.fullName).toBe('Logged')
    expect(listCalls()).toEqual(['2026-02-28 2026-03-02 1', '2026-03-13 2026-03-15 1'])
  })

  test('may lie before the default window', async () => {
    const old = createLead('2024-06-01T10:00:00Z')
    spacio.answer(createReport([old]))
    expect(await find(old.id as string)).toMatchObject({ status: 200, body: { id: old.id } })
    expect(listCalls()).toEqual(['2024-05-31 2024-06-02 1'])
  })

  test('a wrong guess only costs calls: the default window is read next', async () => {
    const lied = createLead('2026-03-10T11:00:00Z', { id: createId('2026-03-01T00:00:00Z') })
    spacio.answer(createReport([lied]))
    expect(await find(lied.id as string)).toMatchObject({ status: 200, body: { id: lied.id } })
    expect(listCalls()).toEqual(['2026-02-28 2026-03-02 1', `${wholeWindow} 1`])
  })

  test('are read once if two guesses name the same day', async () => {
    await find(createId('2026-01-10T10:00:00Z'), '&createdAt=2026-01-10T23:00:00Z')
    expect(listCalls().filter((call) => !call.startsWith(wholeWindow))).toEqual(['2026-01-09 2026-01-11 1'])
  })

  test('include the window, if that is the same day', async () => {
    await find('nobody', '&createdAt=2026-01-10T10:00:00Z&from=2026-01-10&to=2026-01-10')
    expect(listCalls()).toEqual(['2026-01-09 2026-01-11 1'])
  })

  test.each([
    ['an id whose second lies in the future', createId('2027-01-01T00:00:00Z'), ''],
    ['a createdAt in the future', 'opaque', '&createdAt=2027-01-01T00:00:00Z'],
    ['a createdAt before 1970', 'opaque', '&createdAt=0001-01-01T00:00:00Z'],
  ])('%s is ignored', async (_name, id, query) => {
    await find(id, query)
    expect(listCalls()[0]).toBe(`${wholeWindow} 1`)
  })
})

describe('the window', () => {
  test('is read page by page, and no page after the one with the lead', async () => {
    expect(await find('other-2')).toMatchObject({ status: 200, body: { id: 'other-2' } })
    expect(listCalls()).toEqual([`${wholeWindow} 1`, `${wholeWindow} 2`])
  })

  test('is not read ahead, also for a client that stays connected', async () => {
    const own = await openScriptedSpacio({ now: () => now })
    own.answer(createReport([...others, lead]))
    const url = await own.app.listen({ host: '127.0.0.1', port: 0 })
    expect((await fetch(`${url}/leads/other-2?brokerageId=b1`)).status).toBe(200)
    // A page that was requested ahead would arrive during the next request.
    await own.get('/leads/other-0?brokerageId=b1')
    expect(own.calls.map(({ form }) => form.page)).toEqual(['1', '2', '1'])
    await own.close()
  })

  test('is read to its end for an unknown id: 404 says which days were searched', async () => {
    expect(await find('nobody')).toMatchObject(expectUnknown('2026-02-14 to 2026-03-15.'))
    expect(listCalls()).toEqual([1, 2, 3].map((page) => `${wholeWindow} ${page}`))
    const guessed = await find(createId('2025-12-24T10:00:00Z'), '&createdAt=2026-01-06T10:00:00Z')
    expect(guessed).toMatchObject(expectUnknown('Days searched: 2026-01-06, 2025-12-24, 2026-02-14 to 2026-03-15.'))
  })

  test('that the caller names limits the search, whatever the id says', async () => {
    expect(await find(lead.id as string, '&from=2026-03-11&to=2026-03-14')).toMatchObject(
      expectUnknown('Days searched: 2026-03-11 to 2026-03-14.'),
    )
    expect(listCalls()).toEqual(['2026-03-10 2026-03-15 1', '2026-03-10 2026-03-15 2', '2026-03-10 2026-03-15 3'])
    expect(await find(lead.id as string, '&from=2026-03-10&to=2026-03-10')).toMatchObject({ status: 200 })
  })

  test('consists of days of a time zone', async () => {
    const days = '&from=2026-03-10&to=2026-03-10&timeZone='
    expect((await find(lead.id as string, `${days}America/New_York`)).status).toBe(200)
    expect((await find(lead.id as string, `${days}Pacific/Kiritimati`)).status).toBe(404)
  })

  test('of more than 10,000 leads is not read to its end: 422', async () => {
    const page = Array.from({ length: 2_600 }, (_, index) => ({ ...lead, id: `x${index}` }))
    spacio.answer(({ form }) => {
      const data = page.map((row) => ({ ...row, id: `${row.id}-${form.page}` }))
      const info = { resultsOnPage: 2_600, totalCount: 26_000, pageNumber: Number(form.page), totalPages: 10 }
      return { body: { info, data } }
    })
    expect(await find('nobody')).toMatchObject({ status: 422, body: { code: 'window-too-large' } })
    expect(spacio.calls).toHaveLength(4)
  })

  test('that contradicts itself is 502 and never 404', async () => {
    // Failures open the circuit breaker of a gateway.
    const own = await openScriptedSpacio({ now: () => now })
    own.answer(() => ({ body: { info: { resultsOnPage: 1, totalCount: 9, pageNumber: 1, totalPages: 1 }, data: [] } }))
    const { status, body } = await own.get('/leads/nobody?brokerageId=b1')
    expect([status, body.code]).toEqual([502, 'upstream-invalid-response'])
    await own.close()
  })
})

describe('two visitors with one id', () => {
  const [ada, ben] = [
    createLead('2026-03-10T10:00:00Z', { name: 'Ada' }),
    createLead('2026-03-10T10:00:01Z', { name: 'Ben' }),
  ]
  const id = ada?.id as string

  beforeEach(() => spacio.answer(createReport([ada, { ...ben, id }])))

  test.each([
    ['2026-03-10T10:00:00Z', 'Ada'],
    ['2026-03-10T10:00:01Z', 'Ben'],
  ])('are told apart by createdAt: %s is %s', async (createdAt, fullName) => {
    expect((await find(id, `&createdAt=${createdAt}`)).body).toMatchObject({ id, fullName })
  })
})

describe('the sources', () => {
  test('a team: the report of the team', async () => {
    expect(await spacio.get(`/leads/${lead.id}?teamId=t1`)).toMatchObject({ status: 200, body: { id: lead.id } })
    expect(spacio.calls).toEqual([
      {
        operation: 'v1/getRegistrantsByTeam',
        form: { tid: 't1', startDate: '2026-03-09', endDate: '2026-03-11', page: '1' },
      },
    ])
  })

  test('a key without v2: the single reply of v1', async () => {
    // A gateway remembers the refusal for an hour.
    const own = await openScriptedSpacio({ now: () => now })
    own.answer({ 'v1/getRegistrantsByBrokerage': { 1: others[0], 2: lead } })
    const { status, body } = await own.get(`/leads/${lead.id}?brokerageId=b1`)
    expect([status, body.id]).toEqual([200, lead.id])
    expect(await own.get('/leads/nobody?brokerageId=b1')).toMatchObject(expectUnknown('2026-02-14 to 2026-03-15.'))
    expect(own.calls.map(({ operation }) => operation)).toEqual([
      'v2/getRegistrantsByBrokerage',
      'v1/getRegistrantsByBrokerage',
      'v1/getRegistrantsByBrokerage',
    ])
    await own.close()
  })

  test('a property: its leads in one call, after its agent and the token', async () => {
    spacio.answer({ ...beforeLeads, 'v1/getRegistrants': { 1: lead, 2: others[0] } })
    const [listed] = (await spacio.get('/leads?sid=10191')).body.data
    spacio.calls.length = 0
    expect((await spacio.get(`/leads/${listed.id}?sid=10191`)).body).toEqual(listed)
    expect(spacio.calls.map(({ operation }) => operation)).toEqual(['v1/getRegistrants'])
    const days = '&from=2026-03-01&to=2026-03-02'
    expect(await spacio.get(`/leads/${listed.id}?sid=10191${days}`)).toMatchObject(
      expectUnknown('2026-03-01 to 2026-03-02.'),
    )
    expect(await spacio.get('/leads/p-nobody?sid=10191')).toMatchObject(expectUnknown('Days searched: all.'))
    expect(await spacio.get(`/leads/${lead.id}?sid=10191`)).toMatchObject(expectUnknown('begin with p-'))
  })

  test.each(['', '?brokerageId=b1&teamId=t1', '?brokerageId=b1&actingAgent=agent1@example.com'])(
    'not exactly one: 400 and no call (%s)',
    async (query) => {
      expect(await spacio.get(`/leads/x${query}`)).toMatchObject({ status: 400, body: { code: 'invalid-request' } })
      expect(spacio.calls).toEqual([])
    },
  )

  test.each(['createdAt=yesterday', 'createdAt=', 'createdAt=2016-12-31T23:59:60Z', 'hasAgent=true', 'limit=1'])(
    '%s: 400',
    async (query) => {
      expect((await find('x', `&${query}`)).status).toBe(400)
      expect(spacio.calls).toEqual([])
    },
  )

  test.each(['undefined', 'null', 'a%20b', 'a%2Fb', 'x'.repeat(65)])('the id %s: 400', async (id) => {
    expect((await find(id)).status).toBe(400)
    expect(spacio.calls).toEqual([])
  })

  test('a sid beside a brokerage is a filter', async () => {
    expect((await find(lead.id as string, '&sid=10191')).status).toBe(200)
    expect((await find(lead.id as string, '&sid=10192')).status).toBe(404)
  })
})

describe('the id that a visitor has in the list of the property', () => {
  const readPropertyId = async (visitor: WireLead): Promise<string> => {
    spacio.answer({ ...beforeLeads, 'v1/getRegistrants': { 1: visitor } })
    return (await spacio.get('/leads?sid=10191')).body.data[0].id
  }
  const createdAt = '&createdAt=2026-03-10T10:00:00Z'

  test('finds the same visitor in the report of a brokerage or a team', async () => {
    const id = await readPropertyId(lead)
    spacio.answer(createReport([...others, lead]))
    expect(await find(id, createdAt)).toMatchObject({ status: 200, body: { id: lead.id } })
    expect(listCalls()).toEqual(['2026-03-09 2026-03-11 1'])
    const ofTeam = await spacio.get(`/leads/${id}?teamId=t1`)
    expect(ofTeam).toMatchObject({ status: 200, body: { id: lead.id } })
    expect(ofTeam.body).not.toHaveProperty('source')
  })

  test.each([
    ['the property', { sid: 10192 }],
    ['the second', { dateCreated: '2026-03-10 10:00:01' }],
    ['the name', { name: 'Other' }],
    ['the e-mail address', { email: 'other@example.com' }],
    ['the phone number', { phone: '555' }],
  ])('finds nobody if %s differs', async (_name, difference) => {
    const id = await readPropertyId(lead)
    spacio.answer(createReport([...others, { ...lead, ...difference } as WireLead]))
    expect(await find(id)).toMatchObject(expectUnknown('2026-02-14 to 2026-03-15.'))
  })

  test('finds no lead if several visitors of the report have the same values, also on different pages', async () => {
    const id = await readPropertyId(lead)
    spacio.answer(createReport([lead, others[0], others[1], { ...lead, id: 'twin' }] as WireLead[]))
    expect((await find(id)).status).toBe(404)
  })
})

test('include=source adds the wire record', async () => {
  const { body } = await find(lead.id as string, '&include=source')
  expect(body.source).toMatchObject({ operation: 'getRegistrantsByBrokerage', record: lead })
  expect((await find(lead.id as string)).body).not.toHaveProperty('source')
})
