/**
 * The two reports by days of a time zone. Both days are included, whatever Spacio's ranges include. The oracle computes
 * the calendar day of each moment in that zone.
 */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Agent, OpenHouse } from '../../../sandbox/index.ts'
import { openSandboxAndGateway, type SandboxGateway } from '../../support/test-gateway.ts'

const now = new Date('2026-04-15T12:00:00Z')

const zones = ['UTC', 'America/New_York', 'Asia/Kolkata', 'Pacific/Auckland', 'Pacific/Kiritimati']

/** The clocks of New York and Auckland change on the first four days. The others are ends of months and years. */
const windows: [from: string, to: string][] = [
  ['2026-03-08', '2026-03-08'],
  ['2025-11-02', '2025-11-02'],
  ['2025-09-28', '2025-09-28'],
  ['2026-04-05', '2026-04-05'],
  ['2025-12-31', '2025-12-31'],
  ['2025-12-31', '2026-01-01'],
  ['2026-02-28', '2026-02-28'],
  ['2026-02-28', '2026-03-01'],
  ['2026-02-01', '2026-02-28'],
  ['2026-03-01', '2026-03-31'],
]

const [second, day] = [1_000, 86_400_000]

let foyer: SandboxGateway
let agents: Agent[]
let sessions: OpenHouse[]

beforeAll(async () => {
  foyer = await openSandboxAndGateway({ bypassesCache: true, sandbox: { leads: 1_000, now }, now: () => now })
  const { world } = foyer.sandbox
  agents = world.agents.filter(({ bid }) => bid === 'b1001')
  const emails = new Set(agents.map(({ email }) => email))
  const sids = new Set(world.properties.filter(({ email }) => emails.has(email)).map(({ sid }) => sid))
  sessions = world.openHouses.filter(({ sid }) => sids.has(sid))
})

afterAll(() => foyer.close())

const behaviours = (['inclusive', 'exclusive'] as const).flatMap((rangeStart) =>
  (['inclusive', 'exclusive'] as const).map((rangeEnd) => ({ rangeStart, rangeEnd })),
)

beforeEach(() => {
  foyer.sandbox.control.spacio.set({ rangeStart: 'inclusive', rangeEnd: 'inclusive' })
})

const clocks = new Map(
  zones.map((timeZone) => [
    timeZone,
    new Intl.DateTimeFormat('en-CA', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' }),
  ]),
)

const getDay = (moment: number, zone: string): string => clocks.get(zone)?.format(moment) ?? ''

/** Returns the first moment of a day, as the half hour at which the date of the zone changes. */
const getStart = (date: string, zone: string): number => {
  const noon = Date.parse(`${date}T12:00:00Z`)
  for (let moment = noon - 1.5 * day; moment < noon + 1.5 * day; moment += 1_800 * second) {
    if (getDay(moment, zone) === date && getDay(moment - second, zone) < date) return moment
  }
  throw new Error(`${date} never began in ${zone}`)
}

const dayAfter = (date: string): string => new Date(Date.parse(date) + day).toISOString().slice(0, 10)

/**
 * The last moment before a window, its first, one in the middle, its last, the first after it, and one day outside on
 * each side.
 */
const getEdges = (zone: string, from: string, to: string): number[] => {
  const [start, end] = [getStart(from, zone), getStart(dayAfter(to), zone)]
  return [start - second, start, start + 7_200 * second, end - second, end, start - day, end + day]
}

/** The records in the window, newest first. */
const within = <T>(items: readonly T[], momentOf: (item: T) => number, [zone, from, to]: string[]): T[] =>
  items
    .filter((item) => {
      const date = getDay(momentOf(item), zone ?? '')
      return date >= (from ?? '') && date <= (to ?? '')
    })
    .sort((a, b) => momentOf(b) - momentOf(a))

const wireTime = (moment: number): string => new Date(moment).toISOString().replace('.000Z', 'Z')

interface Report {
  total: number
  data: Record<string, unknown>[]
}

const read = async (path: string, query: string): Promise<Report> => {
  const { status, body } = await foyer.get(`/brokerages/b1001/${path}?limit=200&${query}`)
  expect(status).toBe(200)
  return { total: body.pagination.total, data: body.data }
}

describe.each(behaviours)('a start that is $rangeStart, an end that is $rangeEnd', (behaviour) => {
  beforeEach(() => {
    foyer.sandbox.control.spacio.set(behaviour)
  })

  test.each(zones)('activity, %s', async (zone) => {
    for (const [from, to] of windows) {
      const edges = getEdges(zone, from, to)
      expect(agents).toHaveLength(edges.length)
      for (const [index, agent] of agents.entries()) agent.lastActive = edges[index] ?? 0

      const wanted = within(agents, ({ lastActive }) => lastActive, [zone, from, to])
      expect([from, wanted.length]).toEqual([from, 3])
      const { total, data } = await read('activity', `from=${from}&to=${to}&timeZone=${zone}`)
      expect([from, total, data]).toEqual([
        from,
        wanted.length,
        wanted.map(({ email, lastActive }) => ({ email, lastActiveAt: wireTime(lastActive) })),
      ])
    }
  })

  test.each(zones)('open houses, %s', async (zone) => {
    const edges = new Set(windows.flatMap(([from, to]) => getEdges(zone, from, to)))
    expect(sessions.length).toBeGreaterThan(edges.size + 50)
    for (const [index, edge] of [...edges].entries()) (sessions[index] as OpenHouse).startedAt = edge

    for (const [from, to] of windows) {
      const wanted = within(sessions, ({ startedAt }) => startedAt, [zone, from, to])
      expect(wanted.length).toBeGreaterThanOrEqual(3)
      const { total, data } = await read('open-houses', `from=${from}&to=${to}&timeZone=${zone}`)
      expect([from, total, data.map(({ startedAt }) => startedAt)]).toEqual([
        from,
        wanted.length,
        wanted.map(({ startedAt }) => wireTime(startedAt)),
      ])
      expect(data.map(fingerprint).sort()).toEqual(wanted.map(asCanonical).map(fingerprint).sort())
    }
  })
})

const fingerprint = ({ startedAt, leadCount, unparsedAddress, city, postalCode }: Record<string, unknown>): string =>
  JSON.stringify([startedAt, leadCount, unparsedAddress, city, postalCode])

const asCanonical = ({ startedAt, leadsCount, sid }: OpenHouse): Record<string, unknown> => {
  const property = foyer.sandbox.world.properties.find((candidate) => candidate.sid === sid)
  return {
    startedAt: wireTime(startedAt),
    leadCount: leadsCount,
    unparsedAddress: property?.addr1,
    city: property?.city,
    postalCode: property?.zip,
  }
}

test.each(zones)('without days, the last 30 days up to today in %s', async (zone) => {
  const to = getDay(now.getTime(), zone)
  const from = new Date(Date.parse(to) - 29 * day).toISOString().slice(0, 10)
  const edges = getEdges(zone, from, to)
  for (const [index, agent] of agents.entries()) agent.lastActive = edges[index] ?? 0
  for (const [index, edge] of edges.entries()) (sessions[index] as OpenHouse).startedAt = edge

  const activity = await read('activity', `timeZone=${zone}`)
  const openHouses = await read('open-houses', `timeZone=${zone}`)

  expect(activity.data.map(({ email }) => email)).toEqual(
    within(agents, ({ lastActive }) => lastActive, [zone, from, to]).map(({ email }) => email),
  )
  expect(openHouses.data.map(({ startedAt }) => startedAt)).toEqual(
    within(sessions, ({ startedAt }) => startedAt, [zone, from, to]).map(({ startedAt }) => wireTime(startedAt)),
  )
})

test('the days of a month add up to the month', async () => {
  const zone = 'America/New_York'
  const month = ['2026-03-01', '2026-03-31']
  const dates = Array.from({ length: 31 }, (_, index) => `2026-03-${String(index + 1).padStart(2, '0')}`)
  const byDay: string[] = []
  for (const date of dates) {
    const { data } = await read('open-houses', `from=${date}&to=${date}&timeZone=${zone}`)
    byDay.push(...data.map(fingerprint))
  }
  const whole = within(sessions, ({ startedAt }) => startedAt, [zone, ...month])
  expect(byDay.sort()).toEqual(whole.map(asCanonical).map(fingerprint).sort())
})

describe.each(['activity', 'open-houses'])('%s: refused', (report) => {
  test.each(['Europe/Atlantis', '%2B05:30', 'Z', ''])('the zone "%s"', async (zone) => {
    foyer.sandbox.control.spacio.clearRequests()
    const url = `/brokerages/b1001/${report}?from=2026-03-08&to=2026-03-08&timeZone=${zone}`
    const { status, body } = await foyer.get(url)
    expect([status, body.code, body.errors[0].path]).toEqual([400, 'invalid-request', 'query/timeZone'])
    expect(foyer.sandbox.control.spacio.requests()).toEqual([])
  })
})
