import { expect, test } from 'vitest'
import {
  isWithin,
  parseDayStart,
  parseDayWindow,
  parseOpenSpan,
  toDayWindow,
  type WindowQuery,
} from '#src/query/window.ts'

const now = new Date('2026-03-15T23:30:00Z')

const instant = (text: string) => Date.parse(text)

const refusal = (path: string, message: string) =>
  expect.objectContaining({
    code: 'invalid-request',
    fields: expect.objectContaining({ errors: [{ path: `query/${path}`, message }] }),
  })

test('a window without days is the 30 days up to today', () => {
  expect(parseDayWindow({}, now)).toEqual({
    start: instant('2026-02-14T00:00:00Z'),
    end: instant('2026-03-16T00:00:00Z'),
    from: '2026-02-14',
    to: '2026-03-15',
    isUtc: true,
    utcDays: { startDate: '2026-02-13', endDate: '2026-03-16' },
  })
})

test('the days are those of the time zone, and the upstream gets the UTC days that contain them', () => {
  expect(parseDayWindow({ from: '2026-03-29', to: '2026-03-29', timeZone: 'Europe/Berlin' }, now)).toEqual({
    start: instant('2026-03-28T23:00:00Z'),
    // The clocks are set forward, so this day has 23 hours.
    end: instant('2026-03-29T22:00:00Z'),
    from: '2026-03-29',
    to: '2026-03-29',
    isUtc: false,
    utcDays: { startDate: '2026-03-27', endDate: '2026-03-30' },
  })
  expect(parseDayWindow({ timeZone: 'Asia/Tokyo' }, now)).toMatchObject({ from: '2026-02-15', to: '2026-03-16' })
})

test('a window that begins at a day ends today, and one that ends at a day has 30 days', () => {
  expect(parseDayWindow({ from: '2026-03-01' }, now)).toMatchObject({ from: '2026-03-01', to: '2026-03-15' })
  expect(parseDayWindow({ to: '2026-01-30' }, now)).toMatchObject({ from: '2026-01-01', to: '2026-01-30' })
})

test('the snapshot of one window is not used for another', () => {
  const queries: WindowQuery[] = [
    {},
    { from: '2026-03-10' },
    { to: '2026-03-10' },
    { from: '2026-03-10', to: '2026-03-10' },
    { timeZone: 'Asia/Tokyo' },
    { from: '2026-03-10', timeZone: 'Asia/Tokyo' },
  ]
  const windows = queries.map((query) => parseDayWindow(query, now))
  expect(new Set(windows.map((window) => JSON.stringify(window))).size).toBe(queries.length)
  expect(queries.map((query) => parseDayWindow(query, now))).toEqual(windows)
  expect(parseDayWindow({}, new Date('2026-03-16T00:00:00Z')).to).toBe('2026-03-16')
  expect(parseDayWindow({}, now).to).toBe('2026-03-15')
})

test('a window is computed once a minute, and cannot be changed', () => {
  const window = parseDayWindow({}, now)
  expect(parseDayWindow({}, new Date('2026-03-15T23:30:59.999Z'))).toBe(window)
  expect(parseDayWindow({}, new Date('2026-03-15T23:31:00Z'))).not.toBe(window)
  expect(Object.isFrozen(window)).toBe(true)
})

test('366 days are a window; a day more is rejected, and so is an end before the beginning', () => {
  expect(parseDayWindow({ from: '2025-03-15', to: '2026-03-15' }, now).from).toBe('2025-03-15')
  expect(() => parseDayWindow({ from: '2025-03-14', to: '2026-03-15' }, now)).toThrow(
    refusal('from', 'makes a window of 367 days; at most 366 are allowed'),
  )
  expect(parseDayWindow({ from: '2026-03-15', to: '2026-03-15' }, now).from).toBe('2026-03-15')
  expect(() => parseDayWindow({ from: '2026-03-16', to: '2026-03-15' }, now)).toThrow(
    refusal('from', 'is after to (2026-03-15)'),
  )
})

test('years from 1970 to 9998 are known', () => {
  for (const day of ['1970-01-01', '9998-12-31']) expect(parseDayWindow({ from: day, to: day }, now).from).toBe(day)
  for (const day of ['1969-12-31', '9999-01-01']) {
    for (const name of ['from', 'to']) {
      const unknown = refusal(name, 'must lie between 1970 and 9998')
      expect(() => parseOpenSpan({ [name]: day })).toThrow(unknown)
      expect(() => parseDayWindow({ [name]: day }, now)).toThrow(unknown)
    }
    expect(() => parseDayStart(day)).toThrow(refusal('from', 'must lie between 1970 and 9998'))
  }
})

test.for(['+01:00', '-05:00', 'Mars/Olympus', '', '1', ' UTC', '2026-03-15T00:00Z'])(
  '"%s" is no time zone',
  (timeZone) => {
    const unknown = 'is not an IANA time zone name, such as America/New_York or Europe/Berlin'
    expect(() => parseDayWindow({ timeZone }, now)).toThrow(refusal('timeZone', unknown))
    expect(() => parseOpenSpan({ timeZone })).toThrow(refusal('timeZone', unknown))
    expect(() => parseDayStart('2026-03-15', timeZone)).toThrow(refusal('timeZone', unknown))
  },
)

test('an open range has only the given bounds', () => {
  const [start, end] = [instant('2026-03-15T00:00:00Z'), instant('2026-03-16T00:00:00Z')]
  expect(parseOpenSpan({})).toEqual({ start: null, end: null })
  expect(parseOpenSpan({ from: '2026-03-15' })).toEqual({ start, end: null })
  expect(parseOpenSpan({ to: '2026-03-15' })).toEqual({ start: null, end })
  expect(parseOpenSpan({ from: '2026-03-15', to: '2026-03-15' })).toEqual({ start, end })
  expect(parseOpenSpan({ from: '2026-03-15', timeZone: 'Europe/Berlin' }).start).toBe(start - 3_600_000)
  expect(() => parseOpenSpan({ from: '2026-03-16', to: '2026-03-15' })).toThrow(
    refusal('from', 'is after to (2026-03-15)'),
  )
})

test('a day begins at midnight, or later if the clocks skip midnight', () => {
  expect(parseDayStart('2026-03-15')).toBe(instant('2026-03-15T00:00:00Z'))
  expect(parseDayStart('2026-03-15', 'America/New_York')).toBe(instant('2026-03-15T04:00:00Z'))
  expect(parseDayStart('2018-11-04', 'America/Sao_Paulo')).toBe(instant('2018-11-04T03:00:00Z'))
})

test('the window between two instants holds both, and names the UTC days around them', () => {
  const [first, last] = [instant('2026-03-14T23:59:59.999Z'), instant('2026-03-15T12:00:00Z')]
  expect(toDayWindow(first, last)).toEqual({
    start: first,
    end: last + 1,
    from: '2026-03-14',
    to: '2026-03-15',
    isUtc: true,
    utcDays: { startDate: '2026-03-13', endDate: '2026-03-16' },
  })
})

test.for([
  ['2026-03-15T00:00:00Z', true],
  ['2026-03-14T23:59:59Z', false],
  ['2026-03-15T23:59:59Z', true],
  ['2026-03-16T00:00:00Z', false],
  [null, true],
] as const)('%s lies within the 15th: %s', ([time, want]) => {
  const span = { start: instant('2026-03-15T00:00:00Z'), end: instant('2026-03-16T00:00:00Z') }
  expect(isWithin(span, time)).toBe(want)
})

test('a span that is open on a side has no bound there', () => {
  const middle = instant('2026-03-15T12:00:00Z')
  const [early, delayed] = ['2026-03-15T11:00:00Z', '2026-03-15T13:00:00Z']
  expect([early, delayed].map((time) => isWithin({ start: middle, end: null }, time))).toEqual([false, true])
  expect([early, delayed].map((time) => isWithin({ start: null, end: middle }, time))).toEqual([true, false])
  expect(isWithin({ start: null, end: middle }, '1969-01-01T00:00:00Z')).toBe(true)
  expect([early, delayed].map((time) => isWithin({ start: null, end: null }, time))).toEqual([true, true])
})
