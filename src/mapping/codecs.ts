import { isDate } from '#src/lib/calendar.ts'
import { type Codec, type Unreadable, unreadable } from './codec.ts'
import {
  createWordTranscoder,
  transcodeFlag,
  transcodeIsoTime,
  transcodeText,
  transcodeUtcTime,
} from './transcode/values.ts'

export { areaText, decimal, integer, money } from './number-codecs.ts'
export { commaUrls, oneOrManyUrls, webUrl } from './url-codecs.ts'

/** Text, or a number as the text of its digits, because ids arrive as either. */
export const text: Codec<string> = {
  name: 'text',
  empty: null,
  wire: { type: 'string' },
  decode: (wire) => (typeof wire === 'string' ? wire : typeof wire === 'number' ? String(wire) : unreadable),
  encode: (value) => value,
  transcode: transcodeText,
}

/** Text whose wire schema also allows numbers. */
export const identifier: Codec<string> = { ...text, wire: { type: ['string', 'integer'] } }

/** `YES`, `NO`, `UNKNOWN` → `true`, `false`, `null`. */
export const yesNoUnknown: Codec<boolean> = {
  name: 'yes/no/unknown',
  empty: null,
  wire: { type: 'string', enum: ['YES', 'NO', 'UNKNOWN'] },
  decode: (wire) => {
    if (typeof wire === 'boolean') return wire
    if (wire === 'YES') return true
    if (wire === 'NO') return false
    if (wire === 'UNKNOWN') return null
    const word = typeof wire === 'string' ? wire.trim().toUpperCase() : undefined
    if (word === 'YES') return true
    if (word === 'NO') return false
    return word === 'UNKNOWN' ? null : unreadable
  },
  encode: (value) => (value ? 'YES' : 'NO'),
  transcode: createWordTranscoder({ NO: false, YES: true, UNKNOWN: null }),
}

export const flag: Codec<boolean> = {
  name: 'boolean',
  empty: null,
  wire: { type: 'boolean' },
  decode: (wire) => (typeof wire === 'boolean' ? wire : unreadable),
  encode: (value) => value,
  transcode: transcodeFlag,
}

const toRfc3339 = (milliseconds: number): string | Unreadable => {
  const date = new Date(milliseconds)
  const year = date.getUTCFullYear()
  return year >= 1 && year <= 9999 ? date.toISOString().replace('.000Z', 'Z') : unreadable
}

const zonelessTime = /^(\d{4})-(\d{2})-(\d{2})[ T](\d{1,2}):(\d{2}):(\d{2})$/

/** `YYYY-MM-DD H:mm:ss`, in UTC but without a zone → RFC 3339. A time that does not exist is unreadable. */
export const utcTime: Codec<string> = {
  name: 'UTC time',
  empty: null,
  wire: {
    type: 'string',
    pattern: zonelessTime.source,
    description: 'In UTC, without a zone; the hour may lack its leading zero.',
    examples: ['2026-05-02 17:04:11'],
  },
  decode: (wire) => {
    if (typeof wire === 'string' && wire.length === timeLength && startsWithTime(wire, space))
      return `${wire.slice(0, 10)}T${wire.slice(11)}Z`
    const parts = typeof wire === 'string' ? zonelessTime.exec(wire.trim()) : null
    if (!parts) return unreadable
    const [, year, month, day, hour, minute, second] = parts
    return readInstant(`${year}-${month}-${day}T${hour?.padStart(2, '0')}:${minute}:${second}Z`)
  },
  encode: (value) => value.slice(0, 19).replace('T', ' '),
  transcode: transcodeUtcTime,
}

/** The length of `YYYY-MM-DD HH:mm:ss`. */
const timeLength = 19

/** True if the text starts with a valid time in the common spelling. It needs no `Date`, which is slow. */
const startsWithTime = (text: string, separator: number): boolean => {
  if (text.charCodeAt(4) !== dash || text.charCodeAt(7) !== dash) return false
  if (text.charCodeAt(10) !== separator || text.charCodeAt(13) !== colon || text.charCodeAt(16) !== colon) return false
  const year = 100 * readTwoDigits(text, 0) + readTwoDigits(text, 2)
  if (!isDate(year, readTwoDigits(text, 5), readTwoDigits(text, 8))) return false
  return readTwoDigits(text, 11) <= 23 && readTwoDigits(text, 14) <= 59 && readTwoDigits(text, 17) <= 59
}

const [dash, space, colon, zero, letterT] = [0x2d, 0x20, 0x3a, 0x30, 0x54]

/** NaN if they are not digits. */
const readTwoDigits = (text: string, at: number): number => {
  const [tens, ones] = [text.charCodeAt(at) - zero, text.charCodeAt(at + 1) - zero]
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? 10 * tens + ones : Number.NaN
}

const isoTimePattern = /^(\d{4}-\d{2}-\d{2})(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2}))?$/

/** ISO 8601 with a zone, or a bare date (its first instant in UTC) → RFC 3339 in UTC. */
export const isoTime: Codec<string> = {
  name: 'ISO 8601 time',
  empty: null,
  wire: {
    type: 'string',
    pattern: isoTimePattern.source,
    description: 'ISO 8601: a moment with its zone, or a bare date.',
    examples: ['2026-05-02T17:04:11.000Z'],
  },
  decode: (wire) => {
    if (typeof wire !== 'string') return unreadable
    if (startsWithTime(wire, letterT)) {
      if (wire.endsWith('.000Z') && wire.length === timeLength + 5) return `${wire.slice(0, timeLength)}Z`
      if (wire.endsWith('Z') && wire.length === timeLength + 1) return wire
    }
    return readInstant(wire.trim())
  },
  encode: (value) => new Date(value).toISOString(),
  transcode: transcodeIsoTime,
}

const readInstant = (iso: string): string | Unreadable => {
  const day = isoTimePattern.exec(iso)?.[1]
  const midnight = Date.parse(`${day}T00:00:00Z`)
  // `Date` turns 30 February into a day in March.
  if (!day || Number.isNaN(midnight) || !new Date(midnight).toISOString().startsWith(day)) return unreadable
  return toRfc3339(Date.parse(iso))
}
