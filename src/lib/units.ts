/** Units of time and size, and the UTC hour, by which Spacio counts calls. */

export const minuteMs = 60_000
export const hourMs = 60 * minuteMs
export const dayMs = 24 * hourMs
export const hourSeconds = 3_600

export const MiB = 1024 * 1024

/** Returns the milliseconds until the next UTC hour begins. */
export const getHourRemainingMs = (now: number): number => hourMs - (now % hourMs)

/** Formats a time as RFC 3339 in UTC, without fractions of a second. */
export const toTimestamp = (milliseconds: number): string =>
  new Date(milliseconds).toISOString().replace(/\.\d{3}Z$/, 'Z')
