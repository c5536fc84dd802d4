/** The usual spellings of wire values, and what is written for them. */

import { type ByteWriter, writeByte, writeSlice } from '#src/json/byte-writer.ts'
import { equalsSlice } from '#src/json/tape.ts'
import { isDate } from '#src/lib/calendar.ts'
import { absent, done, fallback, type TranscodeStatus, type ValueTranscoder } from './types.ts'

const [quote, comma, dash, point, zero, nine, colon, space] = [0x22, 0x2c, 0x2d, 0x2e, 0x30, 0x39, 0x3a, 0x20]
const [letterT, letterZ] = [0x54, 0x5a]

/** Of one kind with all others that are read and written: code that meets one kind alone is twice as fast. */
export const toBytes = (text: string): Uint8Array => Buffer.from(text)

export const transcodeText: ValueTranscoder = (bytes, from, to, output) => {
  if (bytes[from] !== quote) return fallback
  writeSlice(output, bytes, from, to)
  return done
}

/** Of a few words, each by the JSON text of its own; `null` for what stands for nothing. */
export const createWordTranscoder = (words: Readonly<Record<string, boolean | null>>): ValueTranscoder => {
  const known = Object.entries(words).map(([word, value]) => ({
    wire: toBytes(JSON.stringify(word)),
    text: value === null ? null : toBytes(String(value)),
  }))
  return (bytes, from, to, output) => {
    for (const { wire, text } of known) {
      if (!equalsSlice(bytes, from, to, wire)) continue
      if (text === null) return absent
      writeSlice(output, text, 0, text.length)
      return done
    }
    return fallback
  }
}

const literals = ['true', 'false'].map(toBytes)

export const transcodeFlag: ValueTranscoder = (bytes, from, to, output) => {
  if (!literals.some((literal) => equalsSlice(bytes, from, to, literal))) return fallback
  writeSlice(output, bytes, from, to)
  return done
}

const isDigit = (byte: number | undefined): boolean => byte !== undefined && byte >= zero && byte <= nine

const findDigitsEnd = (bytes: Uint8Array, start: number): number => {
  let at = start
  while (isDigit(bytes[at])) at += 1
  return at
}

/** So many digits come back from a number as they went into it. */
const maxExactDigits = 15

/** A smaller number is written with an exponent. */
const maxPlainDecimals = 6

/** A number, or one in a text, whose spelling is the one that JSON gives it, but for zeros at the end of its fraction. */
const createNumberTranscoder =
  (mayHaveFraction: boolean): ValueTranscoder =>
  (bytes, from, to, output) => {
    const isText = bytes[from] === quote
    const [start, end] = isText ? [from + 1, to - 1] : [from, to]
    const integerStart = bytes[start] === dash ? start + 1 : start
    const integerEnd = findDigitsEnd(bytes, integerStart)
    const isBelowOne = bytes[integerStart] === zero
    if (integerEnd === integerStart || (isBelowOne && integerEnd > integerStart + 1)) return fallback
    if (isText && bytes[integerEnd] === comma) return transcodeGroups(bytes, start, integerEnd, end, output)
    const hasFraction = bytes[integerEnd] === point
    const fractionEnd = hasFraction ? findDigitsEnd(bytes, integerEnd + 1) : integerEnd
    if (fractionEnd !== end || end - integerStart > maxExactDigits || fractionEnd === integerEnd + 1) return fallback
    let last = fractionEnd
    while (last > integerEnd && (bytes[last - 1] === zero || bytes[last - 1] === point)) last -= 1
    if (last > integerEnd && (!mayHaveFraction || (isBelowOne && last - integerEnd > maxPlainDecimals))) return fallback
    if (last === integerEnd && isBelowOne && integerStart > start) return fallback
    writeSlice(output, bytes, start, last)
    return done
  }

/** A whole number with its thousands apart, `10,000`, from the end of its first group on. */
const transcodeGroups = (
  bytes: Uint8Array,
  start: number,
  firstEnd: number,
  end: number,
  output: ByteWriter,
): TranscodeStatus => {
  const integerStart = bytes[start] === dash ? start + 1 : start
  if (bytes[integerStart] === zero || firstEnd - integerStart > 3 || end - integerStart > maxExactDigits)
    return fallback
  for (let at = firstEnd; at < end; at += 4) {
    if (bytes[at] !== comma || findDigitsEnd(bytes, at + 1) !== at + 4) return fallback
  }
  writeSlice(output, bytes, start, firstEnd)
  for (let at = firstEnd; at < end; at += 4) writeSlice(output, bytes, at + 1, at + 4)
  return done
}

export const transcodeInteger = createNumberTranscoder(false)

export const transcodeDecimal = createNumberTranscoder(true)

/** NaN where others than digits stand. */
const readTwoDigits = (bytes: Uint8Array, at: number): number => {
  const [tens, ones] = [bytes[at], bytes[at + 1]]
  return isDigit(tens) && isDigit(ones) ? 10 * ((tens as number) - zero) + (ones as number) - zero : Number.NaN
}

/** `YYYY-MM-DD?HH:mm:ss`, whatever stands in the middle: a moment that a calendar has. */
const isMoment = (bytes: Uint8Array, at: number): boolean => {
  if (bytes[at + 4] !== dash || bytes[at + 7] !== dash) return false
  if (bytes[at + 13] !== colon || bytes[at + 16] !== colon) return false
  const year = 100 * readTwoDigits(bytes, at) + readTwoDigits(bytes, at + 2)
  if (!isDate(year, readTwoDigits(bytes, at + 5), readTwoDigits(bytes, at + 8))) return false
  return (
    readTwoDigits(bytes, at + 11) <= 23 && readTwoDigits(bytes, at + 14) <= 59 && readTwoDigits(bytes, at + 17) <= 59
  )
}

const quotedMomentBytes = '"2026-05-02 17:04:11'.length

export const transcodeUtcTime: ValueTranscoder = (bytes, from, to, output) => {
  if (to - from !== quotedMomentBytes + 1 || bytes[from + 11] !== space || !isMoment(bytes, from + 1)) return fallback
  writeSlice(output, bytes, from, to - 1)
  output.bytes[output.offset - 9] = letterT
  writeByte(output, letterZ)
  writeByte(output, quote)
  return done
}

const zeroMilliseconds = toBytes('.000Z"')

/** In UTC: to the second, or with milliseconds that are none. */
export const transcodeIsoTime: ValueTranscoder = (bytes, from, to, output) => {
  const rest = from + quotedMomentBytes
  const isToTheSecond = to === rest + 2 && bytes[rest] === letterZ
  if (!isToTheSecond && !equalsSlice(bytes, rest, to, zeroMilliseconds)) return fallback
  if (bytes[from + 11] !== letterT || !isMoment(bytes, from + 1)) return fallback
  writeSlice(output, bytes, from, rest)
  writeByte(output, letterZ)
  writeByte(output, quote)
  return done
}

/** The ASCII letters that others than their own small ones become in capitals, such as ſ and ß: S. */
export const nonAsciiCapitals = 'AFHIJSTWY'

const maxAsciiByte = 0x7f

/** A value that is not the sentinel; of one that might be, the codec is asked. */
export const createSentinelTranscoder = (sentinel: string | number, inner: ValueTranscoder): ValueTranscoder => {
  const exact = toBytes(JSON.stringify(sentinel))
  const word = String(sentinel)
  const [upper, lower] = [word.toUpperCase().charCodeAt(0), word.toLowerCase().charCodeAt(0)]
  const mayStartNonAscii = nonAsciiCapitals.includes(word.charAt(0).toUpperCase())
  return (bytes, from, to, output) => {
    const isText = bytes[from] === quote
    const first = bytes[isText ? from + 1 : from] as number
    if (first > maxAsciiByte && mayStartNonAscii) return fallback
    if (first !== upper && first !== lower) return inner(bytes, from, to, output)
    if (equalsSlice(bytes, from, to, exact)) return absent
    // A number has many spellings.
    const isOther = isText && typeof sentinel === 'string' && isOtherText(bytes, from + 1, to - 1, word.length)
    return isOther ? inner(bytes, from, to, output) : fallback
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
