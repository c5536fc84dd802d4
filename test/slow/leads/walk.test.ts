/**
 * A client that follows `next` from the first page to the last gets each lead of the window once, in order. The oracle
 * computes the calendar day of each lead in the time zone.
 */
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Lead } from '../../../sandbox/index.ts'
import { createRunOptions } from '../../support/properties.ts'
import { openSandboxAndGateway, type SandboxGateway } from '../../support/test-gateway.ts'

const now = new Date('2026-11-21T12:00:00Z')

const zones = ['UTC', 'America/New_York', 'America/St_Johns', 'Asia/Kolkata', 'Pacific/Auckland', 'Pacific/Kiritimati']

/** All leads of the sandbox are between these days. */
const [firstDay, lastDay] = [Date.parse('2025-10-13'), Date.parse('2026-11-21')]
const daysOfData = (lastDay - firstDay) / 86_400_000

const sources: Record<string, (lead: Lead) => boolean> = {
  'brokerageId=b1001': ({ bid }) => bid === 'b1001',
  'brokerageId=b1002': ({ bid }) => bid === 'b1002',
  'teamId=t2001': ({ tid }) => tid === 't2001',
  'teamId=t2003': ({ tid }) => tid === 't2003',
}

/** Skips windows with more leads. */
const mostLeads = 3_000

/** The maximum number of pages. If the limit is too small for the window, a greater one is used. */
const mostPages = 40

let foyer: SandboxGateway

beforeAll(async () => {
  foyer = await openSandboxAndGateway({ sandbox: { leads: 3_000, now }, now: () => now })
  // Leads of one second, so that pages split between equal times.
  for (const sid of [10101, 10108]) {
    for (const dateCreated of ['2026-03-08T05:00:00Z', '2026-11-01T03:59:59Z']) {
      foyer.sandbox.control.spacio.addLead({ sid, dateCreated, count: 30 })
    }
  }
})

afterAll(() => foyer.close())

const clocks = new Map(
  zones.map((timeZone) => [
    timeZone,
    new Intl.DateTimeFormat('en-CA', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' }),
  ]),
)

const days = new Map<string, string>()

/** Returns the calendar day. Formatting it is slow, so the result is cached. */
const getDay = (moment: number, zone: string): string => {
  const key = `${zone} ${moment}`
  const day = days.get(key) ?? clocks.get(zone)?.format(moment) ?? ''
  days.set(key, day)
  return day
}

interface Window {
  source: string
  zone: string
  from: string
  to: string
}

const expected = ({ source, zone, from, to }: Window): string[] =>
  foyer.sandbox.world.leads
    .filter((lead) => sources[source]?.(lead))
    .filter(({ dateCreated }) => getDay(dateCreated, zone) >= from && getDay(dateCreated, zone) <= to)
    .sort((a, b) => b.dateCreated - a.dateCreated || (a.id < b.id ? 1 : -1))
    .map(({ id }) => id)

const dayAt = (index: number): string => new Date(firstDay + index * 86_400_000).toISOString().slice(0, 10)

const windows = fc
  .record({
    source: fc.constantFrom(...Object.keys(sources)),
    zone: fc.constantFrom(...zones),
    last: fc.integer({ min: 0, max: daysOfData }),
    length: fc.oneof(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 60, max: 366 })),
  })
  .map(({ last, length, ...rest }) => ({ ...rest, from: dayAt(Math.max(0, last - length + 1)), to: dayAt(last) }))

const wires = fc.record({
  rangeStart: fc.constantFrom('inclusive' as const, 'exclusive' as const),
  rangeEnd: fc.constantFrom('inclusive' as const, 'exclusive' as const),
  order: fc.constantFrom('newest' as const, 'oldest' as const, 'random' as const),
})

const limits = fc.oneof(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 200 }))

const getUrl = ({ source, zone, from, to }: Window): string => `/leads?${source}&from=${from}&to=${to}&timeZone=${zone}`

const findNext = (link: unknown): string | undefined => /<([^>]+)>; rel="next"/.exec(String(link))?.[1]

const findIds = (body: { data: { id: string }[] }): string[] => body.data.map(({ id }) => id)

test('from page to page by the link to the next', async () => {
  const walked = { leads: 0, pages: 0 }
  await fc.assert(
    fc.asyncProperty(windows, wires, limits, async (window, wire, drawn) => {
      const wanted = expected(window)
      fc.pre(wanted.length <= mostLeads)
      foyer.sandbox.control.spacio.set(wire)
      const limit = Math.max(drawn, Math.ceil(wanted.length / mostPages))
      const seen: string[] = []
      let url: string | undefined = `${getUrl(window)}&limit=${limit}`
      for (let page = 0; url !== undefined; page += 1) {
        expect(page).toBeLessThanOrEqual(mostPages)
        const { status, body, headers } = await foyer.get(url)
        expect(status).toBe(200)
        expect(body.pagination).toEqual({ total: wanted.length, limit, offset: page * limit })
        seen.push(...findIds(body))
        url = findNext(headers.link)
        walked.pages += 1
      }
      expect(seen).toEqual(wanted)
      walked.leads += seen.length
    }),
    createRunOptions(60, { seed: 2026 }),
  )
  expect(walked.leads).toBeGreaterThan(3_000)
  expect(walked.pages).toBeGreaterThan(200)
})

test('any offset, even after the end, returns its slice', async () => {
  // Within the window or just behind it; anywhere; or so that the page ends just before, with or just after the last
  // lead.
  const places = fc.oneof(
    fc.double({ min: 0, max: 1.1, noNaN: true }).map((share) => (total: number) => Math.floor(share * total)),
    fc.nat(100_000).map((offset) => () => offset),
    fc.integer({ min: -1, max: 1 }).map((more) => (total: number, limit: number) => Math.max(0, total - limit + more)),
  )
  await fc.assert(
    fc.asyncProperty(windows, wires, limits, places, async (window, wire, limit, placeIn) => {
      const wanted = expected(window)
      fc.pre(wanted.length <= mostLeads)
      foyer.sandbox.control.spacio.set(wire)
      const offset = placeIn(wanted.length, limit)
      const { status, body, headers } = await foyer.get(`${getUrl(window)}&limit=${limit}&offset=${offset}`)
      expect(status).toBe(200)
      expect(body.pagination).toEqual({ total: wanted.length, limit, offset })
      expect(findIds(body)).toEqual(wanted.slice(offset, offset + limit))
      expect(findNext(headers.link) === undefined).toBe(offset + limit >= wanted.length)
    }),
    createRunOptions(60, { seed: 2027 }),
  )
})
