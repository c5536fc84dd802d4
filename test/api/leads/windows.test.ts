/**
 * Days of a time zone. Both days are included, whatever Spacio's ranges include and however it sorts. The oracle
 * computes the calendar day of each lead in that zone.
 */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Lead } from '../../../sandbox/index.ts'
import { openSandboxAndGateway, type SandboxGateway } from '../../support/test-gateway.ts'

const now = new Date('2026-04-15T12:00:00Z')

const zones = [
  'UTC',
  'America/New_York',
  'America/St_Johns',
  'Asia/Kolkata',
  'Pacific/Auckland',
  'Pacific/Kiritimati',
  'Pacific/Pago_Pago',
]

/** The clocks of New York and Auckland change on these days. The others are ends of months and years. */
const windows: [string, string][] = [
  ['2026-03-08', '2026-03-08'],
  ['2025-11-02', '2025-11-02'],
  ['2025-09-28', '2025-09-28'],
  ['2026-04-05', '2026-04-05'],
  ['2025-12-31', '2025-12-31'],
  ['2025-12-31', '2026-01-01'],
  ['2026-02-28', '2026-03-01'],
  ['2026-02-01', '2026-02-28'],
]

let foyer: SandboxGateway

beforeAll(async () => {
  foyer = await openSandboxAndGateway({ bypassesCache: true, sandbox: { leads: 1_200, now }, now: () => now })
  for (const moment of momentsOfNote()) {
    foyer.sandbox.control.spacio.addLead({ sid: 10108, dateCreated: new Date(moment).toISOString() })
  }
})

afterAll(() => foyer.close())

beforeEach(() => {
  foyer.sandbox.control.spacio.set({ rangeStart: 'inclusive', rangeEnd: 'inclusive', order: 'newest' })
})

/** The moments at which days begin in the zones, and the second before each. */
function* momentsOfNote(): Generator<number> {
  const starts = ['00:00', '02:30', '03:30', '04:00', '05:00', '10:00', '11:00', '12:00', '13:00', '18:30']
  for (const day of new Set(windows.flat())) {
    for (const shift of [-1, 0, 1]) {
      for (const start of starts) {
        const moment = Date.parse(`${day}T${start}:00Z`) + shift * 86_400_000
        yield moment
        yield moment - 1000
      }
    }
  }
}

const clocks = new Map(
  zones.map((timeZone) => [
    timeZone,
    new Intl.DateTimeFormat('en-CA', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' }),
  ]),
)

const days = new Map<string, string>()

/** Returns the calendar day. Formatting it is slow, so the result is cached. */
const getDay = ({ dateCreated }: Lead, zone: string): string => {
  const key = `${zone} ${dateCreated}`
  const day = days.get(key) ?? clocks.get(zone)?.format(dateCreated) ?? ''
  days.set(key, day)
  return day
}

const expected = (zone: string, from: string, to: string): string[] =>
  foyer.sandbox.world.leads
    .filter((lead) => lead.tid === 't2003' && getDay(lead, zone) >= from && getDay(lead, zone) <= to)
    .sort((a, b) => b.dateCreated - a.dateCreated || (a.id < b.id ? 1 : -1))
    .map(({ id }) => id)

const getIds = async (query: string): Promise<string[]> => {
  const { status, body } = await foyer.get(`/leads?teamId=t2003&limit=200&${query}`)
  expect(status).toBe(200)
  const ids = body.data.map(({ id }: Lead) => id)
  if (body.pagination.total <= 200) return ids
  const rest = await foyer.get(`/leads?teamId=t2003&limit=200&offset=200&${query}`)
  return [...ids, ...rest.body.data.map(({ id }: Lead) => id)]
}

const ends = ['inclusive', 'exclusive'] as const
const behaviours = ends.flatMap((rangeStart) =>
  ends.flatMap((rangeEnd) => {
    const orders = rangeStart === rangeEnd ? (['newest', 'oldest', 'random'] as const) : (['random'] as const)
    return orders.map((order) => ({ rangeStart, rangeEnd, order }))
  }),
)

test.each(behaviours)('a start that is $rangeStart, an end that is $rangeEnd, $order first', async (behaviour) => {
  foyer.sandbox.control.spacio.set(behaviour)
  for (const zone of zones) {
    for (const [from, to] of windows) {
      const wanted = expected(zone, from, to)
      expect(wanted.length).toBeGreaterThan(15)
      expect([zone, from, await getIds(`from=${from}&to=${to}&timeZone=${zone}`)]).toEqual([zone, from, wanted])
    }
  }
})

describe('without days', () => {
  test.each<[string, { given: string; want: [zone: string, from: string, to: string] }]>([
    ['the last 30 days', { given: '', want: ['UTC', '2026-03-17', '2026-04-15'] }],
    [
      'today is the day of the zone',
      { given: 'timeZone=Pacific/Kiritimati', want: ['Pacific/Kiritimati', '2026-03-18', '2026-04-16'] },
    ],
    ['30 days up to a day', { given: 'to=2026-01-01', want: ['UTC', '2025-12-03', '2026-01-01'] }],
    ['from a day up to today', { given: 'from=2026-04-14', want: ['UTC', '2026-04-14', '2026-04-15'] }],
  ])('%s', async (_name, { given, want }) => {
    expect(await getIds(given)).toEqual(expected(...want))
  })
})

test('the days of a month add up to the month, so no lead is lost', async () => {
  const zone = 'America/New_York'
  const days = Array.from({ length: 31 }, (_, index) => `2026-03-${String(index + 1).padStart(2, '0')}`)
  const byDay: string[] = []
  for (const day of days) byDay.push(...(await getIds(`from=${day}&to=${day}&timeZone=${zone}`)))
  expect(byDay.length).toBeGreaterThan(100)
  expect(byDay.sort()).toEqual(expected(zone, '2026-03-01', '2026-03-31').sort())
})

test('property leads have no default window, and an omitted side is open', async () => {
  const all = foyer.sandbox.world.leads.filter(({ sid }) => sid === 10108)
  const total = async (query: string): Promise<number> =>
    (await foyer.get(`/leads?sid=10108&limit=1${query}`)).body.pagination.total
  const zone = 'America/New_York'
  const within = (from: string, to: string) =>
    all.filter((lead) => getDay(lead, zone) >= from && getDay(lead, zone) <= to)

  expect(await total('')).toBe(all.length)
  expect(await total(`&from=2026-03-08&timeZone=${zone}`)).toBe(within('2026-03-08', '9999').length)
  expect(await total(`&to=2026-03-08&timeZone=${zone}`)).toBe(within('', '2026-03-08').length)
  expect(await total(`&from=2026-03-08&to=2026-03-08&timeZone=${zone}`)).toBe(within('2026-03-08', '2026-03-08').length)
  expect(await total('&from=2000-01-01&to=2026-12-31')).toBe(all.length)
})

test('days that a time zone skipped', async () => {
  // Samoa had no 30 December 2011.
  expect(await getIds('from=2011-12-30&to=2011-12-30&timeZone=Pacific/Apia')).toEqual([])
  expect(foyer.sandbox.control.spacio.requests().at(-1)?.form).toMatchObject({
    startDate: '2011-12-29',
    endDate: '2011-12-31',
  })
})

describe('an unknown time', () => {
  test('counts as within every window, and the lead comes last', async () => {
    const { spacio } = foyer.sandbox.control
    const lead = { id: 'a1', name: 'Nobody knows when', dateCreated: 'yesterday', sid: 1 }
    const other = { ...lead, id: 'a2', name: 'Before', dateCreated: '2026-03-01 00:00:00' }
    const info = { resultsOnPage: 2, totalCount: 2, pageNumber: 1, totalPages: 1 }
    spacio.fault({ operation: 'getRegistrantsByTeam', kind: 'body', body: { info, data: [lead, other] }, times: 1 })
    const { body } = await foyer.get('/leads?teamId=t2003&from=2026-03-01&to=2026-03-01')
    expect(body.data).toMatchObject([{ id: 'a2' }, { id: 'a1', createdAt: null }])
  })
})

describe('rejected with the name of the parameter', () => {
  const scopes = ['/leads?teamId=t2003', '/brokerages/b1001/activity?limit=1', '/brokerages/b1001/open-houses?limit=1']
  test.each<[string, string]>([
    ['from=2026-02-30', 'from'],
    ['from=2026-13-01', 'from'],
    ['from=2025-02-29', 'from'],
    ['from=0000-01-01', 'from'],
    ['from=1969-12-31&to=1969-12-31', 'to'],
    ['to=9999-12-31', 'to'],
    ['from=yesterday', 'from'],
    ['from=', 'from'],
    ['from=2026-3-1', 'from'],
    ['from=2026-03-01T00:00:00Z', 'from'],
    ['to=20260301', 'to'],
    ['from=2026-03-02&to=2026-03-01', 'from'],
    ['from=2026-04-16', 'from'],
    ['from=2025-01-01&to=2026-01-02', 'from'],
    ['timeZone=Europe/Atlantis', 'timeZone'],
    ['timeZone=%2B05:30', 'timeZone'],
    ['timeZone=UTC%2B5', 'timeZone'],
    ['timeZone=Z', 'timeZone'],
    ['timeZone=', 'timeZone'],
    ['timeZone=T12:00Z', 'timeZone'],
    [`timeZone=${'A'.repeat(65)}`, 'timeZone'],
    ['timeZone=../etc/passwd', 'timeZone'],
  ])('%s', async (query, name) => {
    foyer.sandbox.control.spacio.clearRequests()
    for (const scope of scopes) {
      const reply = await foyer.get(`${scope}&${query}`)
      expect(reply).toMatchObject({ status: 400, body: { code: 'invalid-request' } })
      expect(reply.body.errors[0].path).toBe(`query/${name}`)
    }
    expect(foyer.sandbox.control.spacio.requests()).toEqual([])
  })

  test.each(['from=2026-03-02&to=2026-03-01', 'timeZone=Europe/Atlantis&from=2026-03-01', 'from=2026-02-30'])(
    'for property leads too: %s',
    async (query) => {
      const reply = await foyer.get(`/leads?sid=10108&${query}`)
      expect(reply).toMatchObject({ status: 400, body: { errors: [{ path: expect.stringMatching(/^query\//) }] } })
    },
  )

  test('366 days with 29 February are allowed', async () => {
    expect((await foyer.get('/leads?teamId=t2003&limit=1&from=2025-01-01&to=2026-01-01')).status).toBe(200)
    expect((await foyer.get('/leads?teamId=t2003&limit=1&from=2024-02-29&to=2024-02-29')).status).toBe(200)
  })
})
