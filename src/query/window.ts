import { LRUCache } from 'lru-cache'
import { Temporal } from 'temporal-polyfill'
import { minuteMs } from '#src/lib/units.ts'
import { createParameterProblem } from '#src/problems.ts'

export interface WindowQuery {
  from?: string
  to?: string
  timeZone?: string
}

/** Instants in milliseconds since 1970; null: unbounded. */
export interface TimeSpan {
  /** The first instant of the span. */
  start: number | null
  /** The first instant after the span. */
  end: number | null
}

/** Calendar days in a time zone. Both ends are included. */
export interface DayWindow extends TimeSpan {
  start: number
  end: number
  from: string
  to: string
  isUtc: boolean
  /**
   * UTC days that certainly contain the window, extended by a day at each end. The upstream uses UTC days and does not
   * document whether a range includes its ends.
   */
  utcDays: { startDate: string; endDate: string }
}

const defaultDays = 30

const maxDays = 366

/** All pages of a list have the same window, and computing calendar days is slow. */
const windowCache = new LRUCache<string, DayWindow>({ max: 500 })

/** Parses the window of a report. The default is the 30 days up to today. */
export const parseDayWindow = (query: WindowQuery, now: Date): DayWindow => {
  // In no time zone does a day begin within a minute.
  const minute = Math.floor(now.getTime() / minuteMs)
  const key = JSON.stringify([query.from, query.to, query.timeZone, minute])
  const window = windowCache.get(key) ?? Object.freeze(computeWindow(query, now))
  windowCache.set(key, window)
  return window
}

const computeWindow = (query: WindowQuery, now: Date): DayWindow => {
  const timeZone = parseTimeZone(query.timeZone)
  const to = query.to ? parseDay('to', query.to) : getToday(timeZone, now)
  const from = query.from ? parseDay('from', query.from) : to.subtract({ days: defaultDays - 1 })
  const { days } = from.until(to)
  if (days < 0) throw createParameterProblem('from', `is after to (${to})`)
  if (days >= maxDays)
    throw createParameterProblem('from', `makes a window of ${days + 1} days; at most ${maxDays} are allowed`)
  const [start, end] = [getDayStart(from, timeZone), getDayStart(to.add({ days: 1 }), timeZone)]
  return {
    start,
    end,
    from: from.toString(),
    to: to.toString(),
    isUtc: timeZone === 'UTC',
    utcDays: toUtcDays(start, end - 1),
  }
}

/** Parses a span without a default: a missing end is unbounded. */
export const parseOpenSpan = (query: WindowQuery): TimeSpan => {
  const timeZone = parseTimeZone(query.timeZone)
  const from = query.from ? parseDay('from', query.from) : null
  const to = query.to ? parseDay('to', query.to) : null
  if (from && to && Temporal.PlainDate.compare(from, to) > 0)
    throw createParameterProblem('from', `is after to (${to})`)
  return {
    start: from && getDayStart(from, timeZone),
    end: to && getDayStart(to.add({ days: 1 }), timeZone),
  }
}

/** Returns the first instant of a day in milliseconds since 1970. */
export const parseDayStart = (from: string, timeZone?: string): number =>
  getDayStart(parseDay('from', from), parseTimeZone(timeZone))

/** Returns the window between two instants, both included. */
export const toDayWindow = (start: number, last: number): DayWindow => ({
  start,
  end: last + 1,
  from: toUtcDay(start).toString(),
  to: toUtcDay(last).toString(),
  isUtc: true,
  utcDays: toUtcDays(start, last),
})

/**
 * Returns true if the time lies in the span. Records with an unknown time are included, so that no filter loses them.
 */
export const isWithin = ({ start, end }: TimeSpan, time: string | null): boolean => {
  if (time === null || (start === null && end === null)) return true
  const instant = Date.parse(time)
  return (start === null || instant >= start) && (end === null || instant < end)
}

const toUtcDays = (start: number, last: number) => ({
  startDate: toUtcDay(start).subtract({ days: 1 }).toString(),
  endDate: toUtcDay(last).add({ days: 1 }).toString(),
})

export const parseTimeZone = (timeZone = 'UTC'): string => {
  try {
    // An offset is not a time zone, because it has no daylight saving time.
    if (!/^[A-Za-z]/.test(timeZone)) throw new RangeError('not a name')
    return Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(timeZone).timeZoneId
  } catch {
    throw createParameterProblem('timeZone', 'is not an IANA time zone name, such as America/New_York or Europe/Berlin')
  }
}

const parseDay = (name: string, text: string): Temporal.PlainDate => {
  const day = Temporal.PlainDate.from(text)
  if (day.year < 1970 || day.year > 9998) throw createParameterProblem(name, 'must lie between 1970 and 9998')
  return day
}

const getToday = (timeZone: string, now: Date): Temporal.PlainDate =>
  Temporal.Instant.fromEpochMilliseconds(now.getTime()).toZonedDateTimeISO(timeZone).toPlainDate()

/** Returns the first instant of a day, which is not midnight where a clock change skips midnight. */
const getDayStart = (day: Temporal.PlainDate, timeZone: string): number =>
  day.toZonedDateTime(timeZone).epochMilliseconds

const toUtcDay = (instant: number): Temporal.PlainDate =>
  Temporal.Instant.fromEpochMilliseconds(instant).toZonedDateTimeISO('UTC').toPlainDate()
