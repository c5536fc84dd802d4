import { LRUCache } from 'lru-cache'
import { Temporal } from 'temporal-polyfill'
import { createParameterProblem } from '#src/problems.ts'

export interface WindowQuery {
  from?: string
  to?: string
  timeZone?: string
}

/** Instants in milliseconds since 1970; null: open on that side. */
export interface TimeSpan {
  /** The first instant inside. */
  start: number | null
  /** The first instant after. */
  end: number | null
}

/** Calendar days, both included, in one time zone. */
export interface DayWindow extends TimeSpan {
  start: number
  end: number
  from: string
  to: string
  /** The days are those of UTC. */
  isUtc: boolean
  /**
   * UTC calendar days that surely hold the span, one wider on each side: the upstream thinks in UTC days and does
   * not say whether it includes the ends of a range.
   */
  utcDays: { startDate: string; endDate: string }
}

const defaultDays = 30

const maxDays = 366

/** Pages of one list, and many lists of a day, ask for the same days; calendars are slow to compute. */
const windowCache = new LRUCache<string, DayWindow>({ max: 500 })

/** The window that a report is asked for. Default: the 30 days up to today. */
export const parseDayWindow = (query: WindowQuery, now: Date): DayWindow => {
  // In no time zone does a day begin within a minute.
  const minute = Math.floor(now.getTime() / 60_000)
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

/** The same days without a default: a side that is not named is open. */
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

/** The first instant of a day. */
export const parseDayStart = (from: string, timeZone?: string): number =>
  getDayStart(parseDay('from', from), parseTimeZone(timeZone))

/** The window between two instants, both included. */
export const toDayWindow = (start: number, last: number): DayWindow => ({
  start,
  end: last + 1,
  from: toUtcDay(start).toString(),
  to: toUtcDay(last).toString(),
  isUtc: true,
  utcDays: toUtcDays(start, last),
})

/** Whether a time lies in the span. An unknown time does: what cannot be placed must not get lost. */
export const isWithin = ({ start, end }: TimeSpan, time: string | null): boolean => {
  if (time === null || (start === null && end === null)) return true
  const instant = Date.parse(time)
  return (start === null || instant >= start) && (end === null || instant < end)
}

const toUtcDays = (start: number, last: number) => ({
  startDate: toUtcDay(start).subtract({ days: 1 }).toString(),
  endDate: toUtcDay(last).add({ days: 1 }).toString(),
})

const parseTimeZone = (timeZone = 'UTC'): string => {
  try {
    // Offsets are no zones: they know nothing of summer time.
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

/** The first instant of a day; not always midnight, which some zones skip when their clocks go forward. */
const getDayStart = (day: Temporal.PlainDate, timeZone: string): number =>
  day.toZonedDateTime(timeZone).epochMilliseconds

const toUtcDay = (instant: number): Temporal.PlainDate =>
  Temporal.Instant.fromEpochMilliseconds(instant).toZonedDateTimeISO('UTC').toPlainDate()
