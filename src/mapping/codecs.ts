import { isDate } from '#src/lib/calendar.ts'
import { type Codec, type Unreadable, unreadable, type WireSchema } from './codec.ts'
import type { ValueTranscoder } from './transcode/types.ts'
import {
  createWordTranscoder,
  transcodeDecimal,
  transcodeFlag,
  transcodeInteger,
  transcodeIsoTime,
  transcodeText,
  transcodeUtcTime,
} from './transcode/values.ts'

const digits = String.raw`(\d+|\d{1,3}(,\d{3})+)(\.\d+)?`

const numericText = new RegExp(`^[+-]?${digits}$`)

const moneyText = new RegExp(String.raw`^[+-]?(\s*\$\s*)?${digits}$`)

const readNumber = (wire: unknown): number | Unreadable => {
  if (typeof wire === 'number') return Number.isFinite(wire) ? wire : unreadable
  if (typeof wire !== 'string') return unreadable
  const trimmed = wire.trim()
  if (!numericText.test(trimmed)) return unreadable
  const value = Number(trimmed.replaceAll(',', ''))
  return Number.isFinite(value) ? value : unreadable
}

const readInteger = (wire: unknown): number | Unreadable => {
  const value = readNumber(wire)
  if (value === unreadable || !Number.isSafeInteger(value)) return unreadable
  // A fraction may be too small for a double to show it.
  return typeof wire === 'string' && /\.\d*[1-9]/.test(wire) ? unreadable : value
}

/** Plain decimal digits, as few as tell the number: old databases read no exponents. */
const toDecimalDigits = (value: number): string => {
  const [digits = '', exponent] = String(value).split('e')
  if (exponent === undefined) return digits
  const [, sign = '', integerPart = '', fraction = ''] = /^(-?)(\d)(?:\.(\d+))?$/.exec(digits) ?? []
  const shift = Number(exponent)
  return shift < 0
    ? `${sign}0.${'0'.repeat(-shift - 1)}${integerPart}${fraction}`
    : `${sign}${integerPart}${fraction.padEnd(shift, '0')}`
}

const createNumberCodec = (
  name: string,
  wire: WireSchema,
  read: (wire: unknown) => number | Unreadable,
  transcode: ValueTranscoder = transcodeDecimal,
): Codec<number> => ({
  name,
  empty: null,
  wire,
  decode: read,
  encode: toDecimalDigits,
  transcode,
})

/** Text as it is. A number is accepted and written out, since ids arrive as either. */
export const text: Codec<string> = {
  name: 'text',
  empty: null,
  wire: { type: 'string' },
  decode: (wire) => (typeof wire === 'string' ? wire : typeof wire === 'number' ? String(wire) : unreadable),
  encode: (value) => value,
  transcode: transcodeText,
}

/** The same for ids, which an upstream may send as numbers. */
export const identifier: Codec<string> = { ...text, wire: { type: ['string', 'integer'] } }

/** A whole number, as a JSON number or as digits in text. */
export const integer = createNumberCodec(
  'integer',
  { type: ['integer', 'string'], pattern: numericText.source },
  readInteger,
  transcodeInteger,
)

/** A number, as a JSON number or as text with optional thousands separators. */
export const decimal = createNumberCodec(
  'decimal',
  { type: ['number', 'string'], pattern: numericText.source },
  readNumber,
)

/** An amount: `2300000`, `"2300000"`, `"$2,500,000"` or `"499900.00"`. The currency is not stated upstream. */
export const money = createNumberCodec(
  'money',
  {
    type: ['string', 'number'],
    pattern: moneyText.source,
    description: 'In text a currency sign and thousands separators may stand.',
    examples: ['2300000', '$2,500,000', 499900.5],
  },
  (wire) => (typeof wire === 'string' ? readNumber(wire.trim().replace(/^([+-]?)\s*\$\s*/, '$1')) : readNumber(wire)),
)

/** Free-text area: `"10,000"`, `"20000"`, `"2,500 sq ft"`; any other unit or a range is unreadable. */
export const areaText = createNumberCodec(
  'area text',
  { type: ['string', 'number'], description: 'Free text, usually a number.', examples: ['10,000', '2,500 sq ft'] },
  (wire) =>
    typeof wire === 'string'
      ? readNumber(wire.trim().replace(/(?<=[\d.])\s*(sq\.?\s*ft\.?|square feet|ft²)$/i, ''))
      : readNumber(wire),
)

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

/** `YYYY-MM-DD H:mm:ss`, in UTC but without a zone → RFC 3339. A moment that no calendar has is unreadable. */
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
    if (typeof wire === 'string' && isCanonicalTime(wire)) return `${wire.slice(0, 10)}T${wire.slice(11)}Z`
    const parts = typeof wire === 'string' ? zonelessTime.exec(wire.trim()) : null
    if (!parts) return unreadable
    const [, year, month, day, hour, minute, second] = parts
    return readInstant(`${year}-${month}-${day}T${hour?.padStart(2, '0')}:${minute}:${second}Z`)
  },
  encode: (value) => value.slice(0, 19).replace('T', ' '),
  transcode: transcodeUtcTime,
}

/** A moment in its usual spelling, `YYYY-MM-DD HH:mm:ss`: lists hold hundreds, and only signs are moved. */
const isCanonicalTime = (text: string): boolean => {
  if (text.length !== 19 || text.charCodeAt(4) !== dash || text.charCodeAt(7) !== dash) return false
  if (text.charCodeAt(10) !== space || text.charCodeAt(13) !== colon || text.charCodeAt(16) !== colon) return false
  const year = 100 * readTwoDigits(text, 0) + readTwoDigits(text, 2)
  if (!isDate(year, readTwoDigits(text, 5), readTwoDigits(text, 8))) return false
  return readTwoDigits(text, 11) <= 23 && readTwoDigits(text, 14) <= 59 && readTwoDigits(text, 17) <= 59
}

const [dash, space, colon, zero] = [0x2d, 0x20, 0x3a, 0x30]

/** NaN where others than digits stand. */
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
  decode: (wire) => (typeof wire === 'string' ? readInstant(wire.trim()) : unreadable),
  encode: (value) => new Date(value).toISOString(),
  transcode: transcodeIsoTime,
}

const readInstant = (iso: string): string | Unreadable => {
  const day = isoTimePattern.exec(iso)?.[1]
  const midnight = Date.parse(`${day}T00:00:00Z`)
  // Date rolls 30 February over into March; such a day is no day. Nor is one that it cannot read at all.
  if (!day || Number.isNaN(midnight) || !new Date(midnight).toISOString().startsWith(day)) return unreadable
  return toRfc3339(Date.parse(iso))
}

/** A comma inside a URL is no separator: where elements are URLs, only a comma before a scheme separates. */
const getSeparator = (joined: string): RegExp => (joined.includes('://') ? /,(?=\s*[a-z][a-z0-9+.-]*:\/\/)/i : /,/)

/** Comma-separated text ⇄ list. On the way out a comma inside an element becomes `%2C`. */
export const commaList: Codec<string[], string[]> = {
  name: 'comma list',
  empty: [],
  wire: { type: 'string', description: 'Several, separated by commas.' },
  decode: (wire) =>
    typeof wire === 'string'
      ? wire
          .split(getSeparator(wire))
          .map((element) => element.trim())
          .filter((element) => element !== '')
      : unreadable,
  encode: (value) => (value.length === 0 ? null : value.map((element) => element.replaceAll(',', '%2C')).join(',')),
}

/** One text, or a list of texts, as a list. */
export const oneOrMany: Codec<string[], string[]> = {
  name: 'one or many',
  empty: [],
  wire: { type: ['string', 'array'], items: { type: 'string' } },
  decode: (wire) => {
    const elements = Array.isArray(wire) ? wire : [wire]
    return elements.every((element) => typeof element === 'string')
      ? elements.filter((element) => element !== '')
      : unreadable
  },
}
