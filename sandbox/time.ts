export const secondMs = 1000
export const minuteMs = 60 * secondMs
export const hourMs = 60 * minuteMs
export const dayMs = 24 * hourMs

const twoDigits = (value: number): string => String(value).padStart(2, '0')

/** Formats a UTC time without a zone, as Spacio does: `2019-06-21 21:16:07`. */
export const formatWireTime = (milliseconds: number): string =>
  new Date(milliseconds).toISOString().slice(0, 19).replace('T', ' ')

/** Formats a time to the second with a zone, as LionDesk does: `2019-06-21T21:16:07.000Z`. */
export const formatIsoTime = (milliseconds: number): string =>
  new Date(milliseconds).toISOString().replace(/\.\d{3}Z$/, '.000Z')

/** Formats Spacio's reset time, whose hour has no leading zero: `2017-01-01 0:00:00 UTC`. */
export function formatResetMoment(milliseconds: number): string {
  const moment = new Date(milliseconds)
  const clock = `${moment.getUTCHours()}:${twoDigits(moment.getUTCMinutes())}:${twoDigits(moment.getUTCSeconds())}`
  return `${moment.toISOString().slice(0, 10)} ${clock} UTC`
}

/** Returns the start of a UTC day in `YYYY-MM-DD`, or null if the day does not exist. */
export function parseDay(text: string | undefined): number | null {
  if (text === undefined || !/^\d{4}-\d{2}-\d{2}$/.test(text)) return null
  const moment = Date.parse(`${text}T00:00:00Z`)
  return Number.isNaN(moment) || new Date(moment).toISOString().slice(0, 10) !== text ? null : moment
}

/** Parses `YYYY-MM-DD HH:mm:ss` (UTC) and any format of Date.parse. Returns null for other texts. */
export function parseMoment(text: string): number | null {
  const wire = /^(\d{4}-\d{2}-\d{2}) (\d{2}:\d{2}:\d{2})$/.exec(text)
  const moment = Date.parse(wire ? `${wire[1]}T${wire[2]}Z` : text)
  return Number.isNaN(moment) ? null : Math.floor(moment / secondMs) * secondMs
}
