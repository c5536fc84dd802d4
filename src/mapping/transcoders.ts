/** The usual spellings of wire values, and what is written for them. */

import { type Output, writeByte, writeSlice } from '#src/json/byte-writer.ts'
import { isAt } from '#src/json/scanner.ts'
import { isDate } from '#src/lib/calendar.ts'
import { empty, type Rewrite, type Rewriting, unusual, written } from './transcoder-types.ts'

const [quote, comma, dash, point, zero, nine, colon, space] = [0x22, 0x2c, 0x2d, 0x2e, 0x30, 0x39, 0x3a, 0x20]
const [letterT, letterZ] = [0x54, 0x5a]

/** Of one kind with all others that are read and written: code that meets one kind alone is twice as fast. */
export const bytesOf = (text: string): Uint8Array => Buffer.from(text)

export const rewriteText: Rewrite = (bytes, from, to, output) => {
  if (bytes[from] !== quote) return unusual
  writeSlice(output, bytes, from, to)
  return written
}

/** Of a few words, each by the JSON text of its own; `null` for what stands for nothing. */
export const rewriteWords = (words: Readonly<Record<string, boolean | null>>): Rewrite => {
  const known = Object.entries(words).map(([word, value]) => ({
    wire: bytesOf(JSON.stringify(word)),
    text: value === null ? null : bytesOf(String(value)),
  }))
  return (bytes, from, to, output) => {
    for (const { wire, text } of known) {
      if (!isAt(bytes, from, to, wire)) continue
      if (text === null) return empty
      writeSlice(output, text, 0, text.length)
      return written
    }
    return unusual
  }
}

const literals = ['true', 'false'].map(bytesOf)

export const rewriteFlag: Rewrite = (bytes, from, to, output) => {
  if (!literals.some((literal) => isAt(bytes, from, to, literal))) return unusual
  writeSlice(output, bytes, from, to)
  return written
}

const isDigit = (byte: number | undefined): boolean => byte !== undefined && byte >= zero && byte <= nine

const endOfDigits = (bytes: Uint8Array, start: number): number => {
  let at = start
  while (isDigit(bytes[at])) at += 1
  return at
}

/** So many digits come back from a number as they went into it. */
const exactDigits = 15

/** A smaller number is written with an exponent. */
const plainDecimals = 6

/** A number, or one in a text, whose spelling is the one that JSON gives it, but for zeros at the end of its fraction. */
const rewriteNumber =
  (mayHaveFraction: boolean): Rewrite =>
  (bytes, from, to, output) => {
    const isText = bytes[from] === quote
    const [start, end] = isText ? [from + 1, to - 1] : [from, to]
    const whole = bytes[start] === dash ? start + 1 : start
    const wholeEnd = endOfDigits(bytes, whole)
    const isBelowOne = bytes[whole] === zero
    if (wholeEnd === whole || (isBelowOne && wholeEnd > whole + 1)) return unusual
    if (isText && bytes[wholeEnd] === comma) return rewriteGroups(bytes, start, wholeEnd, end, output)
    const hasFraction = bytes[wholeEnd] === point
    const fractionEnd = hasFraction ? endOfDigits(bytes, wholeEnd + 1) : wholeEnd
    if (fractionEnd !== end || end - whole > exactDigits || fractionEnd === wholeEnd + 1) return unusual
    let last = fractionEnd
    while (last > wholeEnd && (bytes[last - 1] === zero || bytes[last - 1] === point)) last -= 1
    if (last > wholeEnd && (!mayHaveFraction || (isBelowOne && last - wholeEnd > plainDecimals))) return unusual
    if (last === wholeEnd && isBelowOne && whole > start) return unusual
    writeSlice(output, bytes, start, last)
    return written
  }

/** A whole number with its thousands apart, `10,000`, from the end of its first group on. */
const rewriteGroups = (bytes: Uint8Array, start: number, firstEnd: number, end: number, output: Output): Rewriting => {
  const whole = bytes[start] === dash ? start + 1 : start
  if (bytes[whole] === zero || firstEnd - whole > 3 || end - whole > exactDigits) return unusual
  for (let at = firstEnd; at < end; at += 4) {
    if (bytes[at] !== comma || endOfDigits(bytes, at + 1) !== at + 4) return unusual
  }
  writeSlice(output, bytes, start, firstEnd)
  for (let at = firstEnd; at < end; at += 4) writeSlice(output, bytes, at + 1, at + 4)
  return written
}

export const rewriteInteger = rewriteNumber(false)

export const rewriteDecimal = rewriteNumber(true)

/** NaN where others than digits stand. */
const twoDigits = (bytes: Uint8Array, at: number): number => {
  const [tens, ones] = [bytes[at], bytes[at + 1]]
  return isDigit(tens) && isDigit(ones) ? 10 * ((tens as number) - zero) + (ones as number) - zero : Number.NaN
}

/** `YYYY-MM-DD?HH:mm:ss`, whatever stands in the middle: a moment that a calendar has. */
const isMoment = (bytes: Uint8Array, at: number): boolean => {
  if (bytes[at + 4] !== dash || bytes[at + 7] !== dash) return false
  if (bytes[at + 13] !== colon || bytes[at + 16] !== colon) return false
  const year = 100 * twoDigits(bytes, at) + twoDigits(bytes, at + 2)
  if (!isDate(year, twoDigits(bytes, at + 5), twoDigits(bytes, at + 8))) return false
  return twoDigits(bytes, at + 11) <= 23 && twoDigits(bytes, at + 14) <= 59 && twoDigits(bytes, at + 17) <= 59
}

const momentLength = '"2026-05-02 17:04:11'.length

export const rewriteUtcTime: Rewrite = (bytes, from, to, output) => {
  if (to - from !== momentLength + 1 || bytes[from + 11] !== space || !isMoment(bytes, from + 1)) return unusual
  writeSlice(output, bytes, from, to - 1)
  output.bytes[output.at - 9] = letterT
  writeByte(output, letterZ)
  writeByte(output, quote)
  return written
}

const zeroMilliseconds = bytesOf('.000Z"')

/** In UTC: to the second, or with milliseconds that are none. */
export const rewriteIsoTime: Rewrite = (bytes, from, to, output) => {
  const rest = from + momentLength
  const isWhole = to === rest + 2 && bytes[rest] === letterZ
  if (!isWhole && !isAt(bytes, rest, to, zeroMilliseconds)) return unusual
  if (bytes[from + 11] !== letterT || !isMoment(bytes, from + 1)) return unusual
  writeSlice(output, bytes, from, rest)
  writeByte(output, letterZ)
  writeByte(output, quote)
  return written
}

/** The ASCII letters that others than their own small ones become in capitals, such as ſ and ß: S. */
export const capitalsOfOthers = 'AFHIJSTWY'

const lastOfAscii = 0x7f

/** A value that is not the sentinel; of one that might be, the codec is asked. */
export const rewriteUnless = (sentinel: string | number, inner: Rewrite): Rewrite => {
  const exact = bytesOf(JSON.stringify(sentinel))
  const word = String(sentinel)
  const [upper, lower] = [word.toUpperCase().charCodeAt(0), word.toLowerCase().charCodeAt(0)]
  const mayBeginOtherwise = capitalsOfOthers.includes(word.charAt(0).toUpperCase())
  return (bytes, from, to, output) => {
    const isText = bytes[from] === quote
    const first = bytes[isText ? from + 1 : from] as number
    if (first > lastOfAscii && mayBeginOtherwise) return unusual
    if (first !== upper && first !== lower) return inner(bytes, from, to, output)
    if (isAt(bytes, from, to, exact)) return empty
    // A number has many spellings.
    const isOther = isText && typeof sentinel === 'string' && isOtherText(bytes, from + 1, to - 1, word.length)
    return isOther ? inner(bytes, from, to, output) : unusual
  }
}

/** All signs are printed ASCII, so that there is nothing to trim: then the length tells. */
const isOtherText = (bytes: Uint8Array, from: number, to: number, length: number): boolean => {
  if (to - from === length) return false
  for (let at = from; at < to; at += 1) {
    const byte = bytes[at] as number
    if (byte < space || byte > 0x7e) return false
  }
  return bytes[to - 1] !== space
}
