/** Reads JSON as upstreams write it, without changing the digits of any number. */

import { hasRepeatedListKey } from './duplicate-keys.ts'
import { findStringEnd } from './end-of-string.ts'
import { isFragment } from './fragment.ts'

const [quote, minus, point, zero, nine, letterE] = [0x22, 0x2d, 0x2e, 0x30, 0x39, 0x65] as const
const [comma, openObject, closeObject, openArray, closeArray] = [0x2c, 0x7b, 0x7d, 0x5b, 0x5d] as const

/**
 * As `JSON.parse`, with two differences. A number that JavaScript would write with other digits becomes the text of its
 * own digits: `9007199254740993`, which a double cannot hold, and `12345.10`, which may be an MLS number. Codecs of
 * numbers read such texts as well. And a list in which a key occurs twice throws: `JSON.parse` would drop an element.
 */
export const parseWire = (text: string): unknown => {
  if (hasRepeatedListKey(text)) throw new SyntaxError('a list has a key twice')
  return mayLoseDigits(text)
    ? JSON.parse(text, preserveDigits as (key: string, value: unknown) => unknown)
    : JSON.parse(text)
}

/** Null: it cannot be read. */
export const tryParseWire = (text: string): { parsed: unknown } | null => {
  try {
    return { parsed: parseWire(text) }
  } catch {
    return null
  }
}

/** About 10 ms of parsing. The longest page that an upstream is asked for has a tenth of it. */
const maxValueCount = 50_000

/** The upstreams' records are six levels deep. Whatever is written out again later costs stack with each level. */
const maxNestingDepth = 64

/** Whether parsing a text, or decoding what it holds, would stop everyone else for long. Counts before it parses. */
export const isTooComplex = (text: string): boolean => {
  const { length } = text
  let depth = 0
  let values = 0
  for (let at = 0; at < length; at += 1) {
    const code = text.charCodeAt(at)
    if (code === quote) at = findStringEnd(text, at)
    else if (code === comma) values += 1
    else if (code === openObject || code === openArray) {
      depth += 1
      values += 1
    } else if (code === closeObject || code === closeArray) depth -= 1
    if (depth > maxNestingDepth || values > maxValueCount) return true
  }
  return false
}

const preserveDigits = (_key: string, value: unknown, { source }: { source?: string }): unknown =>
  typeof value !== 'number' || source === undefined || isExact(value, source) ? value : source

/** An exponent has no digits to lose as long as the value is the same. */
const isExact = (value: number, source: string): boolean =>
  String(value) === source || (/e/i.test(source) && toCanonicalDecimal(String(value)) === toCanonicalDecimal(source))

/** The significant digits of a number and the power of ten that they are multiplied by: the same for equal numbers. */
const toCanonicalDecimal = (text: string): string => {
  const [, sign = '', whole = '', fraction = '', exponent = '0'] =
    /^(-?)(\d+)(?:\.(\d+))?(?:e([+-]?\d+))?$/i.exec(text) ?? []
  const digits = (whole + fraction).replace(/^0+/, '')
  const significant = trimTrailingZeros(digits)
  if (significant === '') return '0'
  return `${sign}${significant}e${Number(exponent) - fraction.length + digits.length - significant.length}`
}

const trimTrailingZeros = (digits: string): string => {
  let end = digits.length
  while (digits.charCodeAt(end - 1) === zero) end -= 1
  return digits.slice(0, end)
}

/** A double holds any number of this many characters. */
const maxExactDigits = 15

/** Whether some number may be written with other digits than JavaScript's. The text need not be sound JSON. */
const mayLoseDigits = (text: string): boolean => {
  const { length } = text
  for (let at = 0; at < length; at += 1) {
    const code = text.charCodeAt(at)
    if (code === quote) at = findStringEnd(text, at)
    else if (code === minus || (code >= zero && code <= nine)) {
      const end = findDigitsEnd(text, at + 1)
      const next = text.charCodeAt(end)
      if (end - at > maxExactDigits || (next | 0x20) === letterE) return true
      const isNegativeZero = code === minus && end === at + 2
      if (text.charCodeAt(end - 1) === zero && (isNegativeZero || text.slice(at, end).includes('.'))) return true
      at = end - 1
    }
  }
  return false
}

const findDigitsEnd = (text: string, start: number): number => {
  let at = start
  for (let code = text.charCodeAt(at); code === point || (code >= zero && code <= nine); code = text.charCodeAt(at)) {
    at += 1
  }
  return at
}

/** The wire record of an element that is written; anything else is one itself. */
export const getWireRecord = (record: unknown): unknown =>
  isFragment(record) ? parseWire(record.buffer.wire.toString('utf8', record.wireFrom, record.wireTo)) : record
