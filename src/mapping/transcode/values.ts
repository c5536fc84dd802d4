/** Transcoders of the common spellings of wire values. */

import { type ByteWriter, writeByte, writeSlice } from '#src/json/byte-writer.ts'
import { equalsSlice, isDigit } from '#src/json/tape.ts'
import { isDate } from '#src/lib/calendar.ts'
import { absent, done, fallback, type TranscodeStatus, type ValueTranscoder } from './types.ts'

const [quote, comma, dash, point, zero, colon, space] = [0x22, 0x2c, 0x2d, 0x2e, 0x30, 0x3a, 0x20]
const [letterT, letterZ] = [0x54, 0x5a]

/** Always a `Buffer`, because code that gets only one class of byte array is twice as fast. */
export const toBytes = (text: string): Uint8Array => Buffer.from(text)

export const transcodeText: ValueTranscoder = (bytes, from, to, output) => {
  if (bytes[from] !== quote) return fallback
  writeSlice(output, bytes, from, to)
  return done
}

/** Maps a few words to booleans; `null` means absent. */
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

const findDigitsEnd = (bytes: Uint8Array, start: number): number => {
  let at = start
  while (isDigit(bytes[at])) at += 1
  return at
}

/** A double keeps this many digits. */
const maxExactDigits = 15

/** JavaScript writes smaller numbers with an exponent. */
const maxPlainDecimals = 6

/** Accepts a number, or text with one, that JSON would spell alike except for zeros at the end of its fraction. */
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

/** Accepts an integer with thousands separators, such as `10,000`. */
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

/** NaN if they are not digits. */
const readTwoDigits = (bytes: Uint8Array, at: number): number => {
  const [tens, ones] = [bytes[at], bytes[at + 1]]
  return isDigit(tens) && isDigit(ones) ? 10 * ((tens as number) - zero) + (ones as number) - zero : Number.NaN
}

/** True for a valid time `YYYY-MM-DD?HH:mm:ss`, with any byte between date and time. */
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

/** Accepts times in UTC without a fraction of a second. */
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

/** The ASCII letters that are the upper case of letters outside ASCII too, such as ſ and ß: S. */
export const nonAsciiCapitals = 'AFHIJSTWY'

const maxAsciiByte = 0x7f

/** Falls back to the codec if the value could be the sentinel. */
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
    // A numeric sentinel has many spellings.
    const isOther = isText && typeof sentinel === 'string' && isOtherText(bytes, from + 1, to - 1, word.length)
    return isOther ? inner(bytes, from, to, output) : fallback
  }
}

/** True for printable ASCII of another length, which needs no trimming. */
const isOtherText = (bytes: Uint8Array, from: number, to: number, length: number): boolean => {
  if (to - from === length) return false
  for (let at = from; at < to; at += 1) {
    const byte = bytes[at] as number
    if (byte < space || byte > 0x7e) return false
  }
  return bytes[to - 1] !== space
}
