/** Parses the JSON of upstreams without changing the digits of any number. */

import { isFragment } from './fragment.ts'
import { inspectJson, type JsonTraits } from './inspect-json.ts'

/** Removes a byte order mark. */
const decoder = new TextDecoder('utf-8', { fatal: true })

/**
 * Like `JSON.parse`, with three differences. A number that JavaScript would write with other digits becomes the text of
 * its own digits: `9007199254740993`, which a double cannot hold, and `12345.10`, which may be an MLS number; the codecs
 * of numbers accept such texts. A list with a repeated key throws, because `JSON.parse` would drop an element. So do
 * bytes that are not UTF-8 or would block the event loop.
 */
export const parseWire = (bytes: Buffer): unknown => {
  const traits = inspectJson(bytes)
  if (!isUsable(traits)) throw new SyntaxError('too complex, or a list with a repeated key')
  return parseInspected(decoder.decode(bytes), traits)
}

/** Null: the bytes cannot be used. */
export const tryParseWire = (bytes: Buffer): { parsed: unknown } | null => {
  try {
    return { parsed: parseWire(bytes) }
  } catch {
    return null
  }
}

export const isUsable = ({ isTooComplex, hasRepeatedListKey }: JsonTraits): boolean =>
  !isTooComplex && !hasRepeatedListKey

/** Throws if the text is not JSON. `traits` are those of its bytes. */
export const parseInspected = (text: string, { mayLoseDigits }: JsonTraits): unknown =>
  mayLoseDigits ? JSON.parse(text, preserveDigits as (key: string, value: unknown) => unknown) : JSON.parse(text)

const preserveDigits = (_key: string, value: unknown, { source }: { source?: string }): unknown =>
  typeof value !== 'number' || source === undefined || isExact(value, source) ? value : source

/** With an exponent, other digits are exact if the value is the same. */
const isExact = (value: number, source: string): boolean =>
  String(value) === source || (/e/i.test(source) && toCanonicalDecimal(String(value)) === toCanonicalDecimal(source))

/** The significant digits of a number with a power of ten: the same for equal numbers. */
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
  while (digits.charAt(end - 1) === '0') end -= 1
  return digits.slice(0, end)
}

/** The wire record of an element that is written; anything else is one itself. */
export const getWireRecord = (record: unknown): unknown =>
  isFragment(record) ? parseWire(record.buffer.wire.subarray(record.wireFrom, record.wireTo)) : record
