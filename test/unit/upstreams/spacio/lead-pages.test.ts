/** Lists that arrive in pages or keyed by position are joined in order, and are never shorter than Spacio's list. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import {
  beforeLeads,
  createPage,
  createWireLead,
  openScriptedSpacio,
  type Script,
  type ScriptedSpacio,
} from '../../../support/spacio.ts'

let clock = Date.parse('2026-03-15T12:00:00Z')
let spacio: ScriptedSpacio

beforeAll(async () => {
  spacio = await openScriptedSpacio({ now: () => new Date(clock) })
})

afterAll(() => spacio.close())

beforeEach(() => {
  clock += 3600_000
})

const url = '/leads?teamId=t1&from=2026-03-01&to=2026-03-01'

const numbers = (count: number, from = 1) => Array.from({ length: count }, (_, index) => index + from)

const leads = (count: number) => numbers(count).map((number) => createWireLead(number))

/** The pages of a list, as Spacio returns them. */
const getPages =
  (list: unknown[], size = 100, info: Record<string, unknown> = {}): Script =>
  ({ form }) => {
    const page = Number(form.page)
    const rows = list.slice((page - 1) * size, page * size)
    return {
      body: createPage(rows, {
        totalCount: list.length,
        pageNumber: page,
        totalPages: Math.ceil(list.length / size),
        ...info,
      }),
    }
  }

const pagesAsked = () => spacio.calls.map(({ form }) => Number(form.page)).sort((a, b) => a - b)

const findNames = (body: { data: { fullName: string }[] }) => body.data.map(({ fullName }) => fullName)

const invalid = { status: 502, body: { code: 'upstream-invalid-response', upstream: { status: 200 } } }

describe('keyed lists', () => {
  const agents = (keys: (string | number)[], shape: 'object' | 'array' = 'object') => {
    const emails = keys.map((key) => `agent${key}@example.com`)
    if (shape === 'array') return emails
    return `{${keys.map((key, index) => `"${key}": ${JSON.stringify(emails[index])}`).join(', ')}}`
  }

  test.each<[string, { given: unknown; want: (string | number)[] }]>([
    ['from "1", the tenth after the ninth', { given: agents(numbers(12)), want: numbers(12) }],
    ['written in any order', { given: agents([10, 9, 2, 1, 11]), want: [1, 2, 9, 10, 11] }],
    ['from "0"', { given: agents(numbers(11, 0)), want: numbers(11, 0) }],
    ['with leading zeros', { given: agents(['02', '10', '01']), want: ['01', '02', '10'] }],
    ['with a gap', { given: agents([1, 5]), want: [1, 5] }],
    ['an array', { given: agents(numbers(3), 'array'), want: numbers(3) }],
    ['an empty array', { given: '[]', want: [] }],
    ['an empty object', { given: '{}', want: [] }],
    ['strings in braces', { given: '{"agent7@example.com"}', want: [7] }],
  ])('%s', async (_name, { given, want }) => {
    spacio.answer(() => ({ body: given }))
    const { status, body } = await spacio.get('/brokerages/b1/agents')
    expect(status).toBe(200)
    expect(body.data).toEqual(want.map((key) => ({ email: `agent${key}@example.com` })))
  })

  test.each(['{"1": "a@x", "next": "b@x"}', '{"-1": "a@x"}', '{"1.5": "a@x"}', '{"1": {"mail": "a@x"}}', '"a@x"'])(
    '%s is an invalid response',
    async (body) => {
      spacio.answer(() => ({ body }))
      expect((await spacio.get('/brokerages/b1/agents')).status).toBe(502)
    },
  )
})

describe('paged lists', () => {
  test('are joined, and each page is requested once', async () => {
    spacio.answer(getPages(leads(345)))
    const { status, body } = await spacio.get(`${url}&limit=200&offset=200`)
    expect(status).toBe(200)
    expect(body.pagination).toEqual({ total: 345, limit: 200, offset: 200 })
    expect(findNames(body)).toEqual(numbers(145, 201).map((number) => `Visitor ${number}`))
    expect(pagesAsked()).toEqual([1, 2, 3, 4])
  })

  test('any limit and offset return the correct slice', async () => {
    const all = numbers(253).map((number) => `Visitor ${number}`)
    spacio.answer(getPages(leads(253)))
    for (const [limit, offset] of [
      [1, 0],
      [7, 97],
      [200, 0],
      [200, 53],
      [200, 54],
      [50, 252],
      [50, 253],
      [1, 1_000_000],
      [101, 99],
    ] as const) {
      const { body } = await spacio.get(`${url}&limit=${limit}&offset=${offset}`)
      expect(body.pagination).toEqual({ total: 253, limit, offset })
      expect(findNames(body)).toEqual(all.slice(offset, offset + limit))
    }
  })

  test.each<[string, Script]>([
    ['totals as text', getPages(leads(3), 100, { resultsOnPage: '3', totalCount: '3', totalPages: '1' })],
    [
      'data keyed by position',
      () => ({ body: createPage({ 1: createWireLead(1), 2: createWireLead(2), 3: createWireLead(3) }) }),
    ],
    ['no page although there is a row', getPages(leads(3), 100, { totalPages: 0 })],
    [
      'rows without an id',
      () => ({ body: createPage(numbers(3).map((number) => createWireLead(number, { id: '' }))) }),
    ],
    ['additional fields', () => ({ body: { ...createPage(leads(3), { took: 12 }), cached: true } })],
  ])('%s are read', async (_name, script) => {
    spacio.answer(script)
    const { status, body } = await spacio.get(url)
    expect([status, body.data.length, spacio.calls.length]).toEqual([200, 3, 1])
  })

  test.each<[string, Script]>([
    ['an empty array', () => ({ body: '[]' })],
    ['an empty object', () => ({ body: '{}' })],
    ['no rows', () => ({ body: createPage([], { totalPages: 0 }) })],
    ['no rows on one page', () => ({ body: createPage([]) })],
    ['no rows, as an object', () => ({ body: createPage({}) })],
  ])('%s are an empty list', async (_name, script) => {
    spacio.answer(script)
    expect(await spacio.get(url)).toMatchObject({ status: 200, body: { data: [], pagination: { total: 0 } } })
    expect(spacio.calls).toHaveLength(1)
  })

  test.each<[string, Script]>([
    ['no info', () => ({ body: { data: [createWireLead(1)] } })],
    ['no data', () => ({ body: { info: { resultsOnPage: 0, totalCount: 0, totalPages: 0 } } })],
    ['a total that is not a number', getPages(leads(3), 100, { totalCount: 'many' })],
    ['a negative total', getPages(leads(3), 100, { totalCount: -1 })],
    ['half a row', getPages(leads(3), 100, { resultsOnPage: 3.5 })],
    ['an invalid row', () => ({ body: createPage([createWireLead(1), null]) })],
  ])('%s is an invalid response and requested only once', async (_name, script) => {
    spacio.answer(script)
    expect(await spacio.get(url)).toMatchObject(invalid)
    expect(spacio.calls).toHaveLength(1)
  })
})

describe('inconsistent pages are read once more before a problem', () => {
  const duplicated = [...leads(100), ...leads(100).slice(-1), ...leads(150).slice(100, 149)]

  test.each<[string, Script, number]>([
    ['fewer rows than the page claims', getPages(leads(3), 100, { resultsOnPage: 100 }), 2],
    ['more rows than the page claims', getPages(leads(3), 100, { resultsOnPage: 2, totalCount: 2 }), 2],
    ['fewer rows than the total', getPages(leads(3), 100, { totalCount: 4 }), 2],
    ['more rows than the total', getPages(leads(3), 100, { totalCount: 2 }), 2],
    ['fewer pages than the total needs', getPages(leads(200), 100, { totalPages: 1 }), 2],
    ['a duplicate row and a missing row', getPages(duplicated), 4],
    [
      'the last page short',
      (call) => {
        const reply = getPages(leads(250))(call)
        if (call.form.page === '3') (reply.body as { data: unknown[] }).data.pop()
        return reply
      },
      6,
    ],
    [
      'the last page empty',
      (call) => (call.form.page === '2' ? { body: '"no-results"' } : getPages(leads(150))(call)),
      4,
    ],
    ['page 2 a copy of page 1', (call) => getPages(leads(200))({ ...call, form: { page: '1' } }), 4],
    [
      'a falling total: a deletion may have moved a row to a page that was already read',
      ({ form, ...call }) => getPages(leads(form.page === '1' ? 151 : 150))({ form, ...call }),
      4,
    ],
    [
      'a later page that is older than the previous one',
      ({ form, ...call }) =>
        getPages(form.page === '3' ? leads(250) : [createWireLead(251), ...leads(250)])({ form, ...call }),
      6,
    ],
    ['more pages than the total needs', getPages(leads(3), 100, { totalPages: 2 }), 2],
    ['a billion pages', getPages(leads(3), 100, { totalPages: 1_000_000_000 }), 2],
    ['more pages than a number can say', getPages(leads(3), 100, { totalPages: Number.MAX_SAFE_INTEGER }), 2],
    ['a page for each of very many rows', getPages(leads(5_000), 1), 2],
    ['empty pages', () => ({ body: createPage([], { totalCount: 20_000, totalPages: 20_000 }) }), 2],
  ])('%s', async (_name, script, calls) => {
    spacio.answer(script)
    expect(await spacio.get(url)).toMatchObject(invalid)
    expect(spacio.calls).toHaveLength(calls)
  })

  test.each<[string, Script, number]>([
    [
      'at the start: the existing rows shift but are returned exactly once',
      ({ form, ...call }) =>
        getPages(form.page === '1' ? leads(150) : [createWireLead(151), ...leads(150)])({ form, ...call }),
      150,
    ],
    [
      'at the end: it is returned too',
      ({ form, ...call }) => getPages(leads(form.page === '1' ? 150 : 151))({ form, ...call }),
      151,
    ],
    [
      'and adds a page: that page is read too',
      ({ form, ...call }) =>
        getPages(form.page === '1' ? leads(200) : [createWireLead(201), ...leads(200)])({ form, ...call }),
      200,
    ],
  ])('a lead arrives during the read %s', async (_name, script, expected) => {
    spacio.answer(script)
    const { status, body } = await spacio.get(`${url}&limit=200&offset=0`)
    expect([status, body.pagination.total]).toEqual([200, expected])
    const rest = await spacio.get(`${url}&limit=200&offset=200`)
    const ids = [...body.data, ...rest.body.data].map(({ id }: { id: string }) => id)
    expect(new Set(ids).size).toBe(expected)
  })

  test('a consistent second attempt succeeds', async () => {
    let reads = 0
    spacio.answer((call) => {
      if (call.form.page === '1') reads += 1
      return getPages(reads === 1 ? duplicated : leads(150))(call)
    })
    const { status, body } = await spacio.get(`${url}&limit=200`)
    expect([status, body.data.length]).toEqual([200, 150])
    expect(new Set(findNames(body)).size).toBe(150)
    expect(pagesAsked()).toEqual([1, 1, 2, 2])
  })

  test('sessions of a property use the same paging', async () => {
    const session = { sessionID: 's1', startTime: '2026-03-01 10:00:00' }
    spacio.answer(() => ({ body: createPage([session], { totalCount: 1_000_000, totalPages: 1_000_000 }) }))
    expect(await spacio.get('/properties/1/open-houses')).toMatchObject(invalid)
    expect(spacio.calls).toHaveLength(2)
  })
})

test.each<[string, { body: string; status?: number }, number, string]>([
  ['a server that fails', { status: 500, body: 'oops' }, 502, 'upstream-failed'],
  ['rate-reached', { body: '"rate-reached"' }, 503, 'upstream-rate-limited'],
  ['half a page', { body: JSON.stringify(createPage(leads(100))).slice(0, 900) }, 502, 'upstream-invalid-response'],
])('%s on the third page fails the list, and no further page is requested', async (_name, reply, status, code) => {
  spacio.answer((call) => (call.form.page === '3' ? reply : getPages(leads(2_000))(call)))
  expect(await spacio.get(url)).toMatchObject({ status, body: { code } })
  expect(spacio.calls.length).toBeLessThan(10)
})

describe('a window that is too large', () => {
  test.each([20_001, 1_000_000_000])('%i leads claimed: refused before the rest is fetched', async (totalCount) => {
    spacio.answer(getPages(leads(100), 100, { totalCount, totalPages: Math.ceil(totalCount / 100) }))
    const reply = await spacio.get(url.replace('t1', 't9'))
    expect(reply).toMatchObject({ status: 422, body: { code: 'window-too-large' } })
    expect(spacio.calls.filter(({ form }) => form.tid === 't9')).toHaveLength(1)
  })

  test('a window at the limit succeeds, and one above it fails', async () => {
    spacio.answer(getPages(leads(10_000)))
    expect((await spacio.get(`${url}&limit=1`)).body.pagination.total).toBe(10_000)
    spacio.answer(getPages(leads(10_001)))
    expect((await spacio.get(url)).body.code).toBe('window-too-large')
  })

  test('rows outside the window do not count', async () => {
    const outside = numbers(300, 10_001).map((number) => createWireLead(number, { dateCreated: '2026-02-28 23:59:59' }))
    spacio.answer(getPages([...leads(9_990), ...outside]))
    expect((await spacio.get(`${url}&limit=1`)).body.pagination.total).toBe(9_990)
  })
})

describe('paging through a window is stable', () => {
  const more = (count: number) => [
    createWireLead(9_999, { name: 'Newcomer', dateCreated: '2026-03-01 23:00:00' }),
    ...leads(count),
  ]

  test('later pages use the list of the first page, and the first page is collected again', async () => {
    spacio.answer(getPages(leads(120)))
    const first = await spacio.get(`${url}&limit=60`)
    spacio.answer(getPages(more(120)))

    const second = await spacio.get(`${url}&limit=60&offset=60`)
    expect(spacio.calls).toHaveLength(0)
    expect(second.body.pagination.total).toBe(120)
    expect([...findNames(first.body), ...findNames(second.body)]).toEqual(
      numbers(120).map((number) => `Visitor ${number}`),
    )

    const reread = await spacio.get(`${url}&limit=60`)
    expect(reread.body.pagination.total).toBe(121)
    expect(findNames(reread.body)[0]).toBe('Newcomer')
    expect((await spacio.get(`${url}&limit=60&offset=60`)).body.data[0].fullName).toBe('Visitor 60')
  })

  test('a snapshot lasts a minute', async () => {
    spacio.answer(getPages(leads(120)))
    await spacio.get(url)
    spacio.answer(getPages(more(120)))
    clock += 61_000
    expect((await spacio.get(`${url}&offset=50`)).body.pagination.total).toBe(121)
  })

  test('filters and order use the same snapshot without changing it', async () => {
    spacio.answer(
      getPages(numbers(60).map((number) => createWireLead(number, { hasAgent: number % 2 ? 'YES' : 'NO' }))),
    )
    await spacio.get(url)
    spacio.answer(getPages([]))
    const turned = await spacio.get(`${url}&offset=1&limit=2&sort=createdAt`)
    expect(findNames(turned.body)).toEqual(['Visitor 59', 'Visitor 58'])
    const filtered = await spacio.get(`${url}&offset=1&limit=2&hasAgent=true`)
    expect(filtered.body.pagination.total).toBe(30)
    expect(findNames(filtered.body)).toEqual(['Visitor 3', 'Visitor 5'])
    const straight = await spacio.get(`${url}&offset=1&limit=2`)
    expect(findNames(straight.body)).toEqual(['Visitor 2', 'Visitor 3'])
  })

  test('another window, source or time zone uses another snapshot', async () => {
    spacio.answer(getPages(leads(120)))
    await spacio.get(url)
    for (const other of [
      url.replace('t1', 't2'),
      url.replace('teamId', 'brokerageId'),
      `${url}&timeZone=Europe/Berlin`,
      url.replace('from=2026-03-01', 'from=2026-02-28'),
    ]) {
      spacio.answer(getPages(leads(120)))
      await spacio.get(`${other}&offset=1`)
      expect([other, spacio.calls.length]).toEqual([other, 2])
    }
  })

  test('property leads use snapshots too', async () => {
    const keyed = (list: unknown[]) => ({ ...beforeLeads, 'v1/getRegistrants': list })
    spacio.answer(keyed(leads(60)))
    await spacio.get('/leads?sid=10191')
    spacio.answer(keyed(more(60)))
    const { body } = await spacio.get('/leads?sid=10191&offset=50')
    expect(body.pagination.total).toBe(60)
    expect(spacio.calls).toHaveLength(0)
  })
})
