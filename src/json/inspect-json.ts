import { isBlank } from './scanner.ts'
import { closeArray, closeObject, isDigit, openArray, openObject, readPosition } from './tape.ts'

/** What has to be known about JSON bytes before they are parsed. The bytes need not be valid JSON. */
export interface JsonTraits {
  /** Parsing the bytes, or decoding the result, would block the event loop for long. */
  readonly isTooComplex: boolean
  /** An object has a list key twice: a position (`"1"`) or `data`. `JSON.parse` would drop the first element. */
  readonly hasRepeatedListKey: boolean
  /** A number may be written with other digits than JavaScript would use. */
  readonly mayLoseDigits: boolean
}

/** Parsing this many takes about 10 ms. The longest page that the gateway requests has a tenth of it. */
const maxValueCount = 50_000

/** The records of the upstreams are six levels deep. */
const maxNestingDepth = 64

const [quote, backslash, comma, colon, minus, point, zero, letterE] = [0x22, 0x5c, 0x2c, 0x3a, 0x2d, 0x2e, 0x30, 0x65]

/** The first byte of the object or array that is open at each depth. */
const starts = new Int32Array(maxNestingDepth + 1)

/** The highest position so far at each depth. */
const lastPositions = new Int32Array(maxNestingDepth + 1)

const noPosition = -2

export const inspectJson = (bytes: Buffer): JsonTraits => {
  const traits = inspect(bytes, isOutOfOrder)
  // Most lists have ascending positions; only the others are worth a set of all keys.
  return traits.hasRepeatedListKey ? inspect(bytes, createRepeatTest()) : traits
}

/** Whether a key, whose closing quote is at `to`, can repeat an earlier key of the same object. */
type KeyTest = (bytes: Buffer, from: number, to: number, depth: number) => boolean

const inspect = (bytes: Buffer, isRepeated: KeyTest): JsonTraits => {
  const { length } = bytes
  let [depth, valueCount] = [0, 0]
  let [hasRepeatedListKey, mayLoseDigits] = [false, false]
  lastPositions[0] = noPosition
  for (let at = 0; at < length; at += 1) {
    const byte = bytes[at] as number
    if (isInsignificant[byte]) continue
    if (byte === quote) {
      const end = findStringEnd(bytes, at + 1)
      if (isListKeyStart[bytes[at + 1] as number] && isKey(bytes, end) && isRepeated(bytes, at + 1, end, depth))
        hasRepeatedListKey = true
      at = end
    } else if (byte === comma) valueCount += 1
    else if (byte === closeObject || byte === closeArray) depth -= 1
    else if (byte === openObject || byte === openArray) {
      valueCount += 1
      depth += 1
      if (depth > maxNestingDepth || valueCount > maxValueCount) break
      starts[depth] = at
      lastPositions[depth] = noPosition
    } else {
      const end = findNumberEnd(bytes, at + 1)
      if (isUnusualNumber(bytes, at, end)) mayLoseDigits = true
      at = end - 1
    }
  }
  const isTooComplex = depth > maxNestingDepth || valueCount > maxValueCount
  return { isTooComplex, hasRepeatedListKey, mayLoseDigits }
}

/** Tables are twice as fast as comparisons. */
const createByteTable = (isMember: (character: string) => boolean): Uint8Array =>
  Uint8Array.from({ length: 256 }, (_, byte) => Number(isMember(String.fromCharCode(byte))))

const isInsignificant = createByteTable((character) => !'"{}[],-0123456789'.includes(character))

const isListKeyStart = createByteTable((character) => 'd\\0123456789'.includes(character))

const isStringStop = createByteTable((character) => '"\\'.includes(character))

/** Returns the place of the closing quote; the length or more if there is none. */
const findStringEnd = (bytes: Buffer, start: number): number => {
  const { length } = bytes
  let at = start
  for (;;) {
    while (at < length && !isStringStop[bytes[at] as number]) at += 1
    if (bytes[at] !== backslash) return at
    at += 2
  }
}

const isKey = (bytes: Buffer, closingQuote: number): boolean => {
  let at = closingQuote + 1
  while (isBlank(bytes[at])) at += 1
  return bytes[at] === colon
}

/** Also true for some keys that are not repeated, but never false for a repeated key. */
const isOutOfOrder: KeyTest = (bytes, from, to, depth) => {
  for (let at = from; at < to; at += 1) if (bytes[at] === backslash) return true
  // `data` has no position, and counts as -1.
  const position = readPosition(bytes, from, to)
  if (position < 0 && bytes.toString('latin1', from, to) !== 'data') return false
  if (position <= (lastPositions[depth] as number)) return true
  lastPositions[depth] = position
  return false
}

const createRepeatTest = (): KeyTest => {
  const keys = new Set<string>()
  return (bytes, from, to, depth) => {
    const key = parseKey(bytes.toString('utf8', from - 1, to + 1))
    if (key !== 'data' && !/^\d{1,9}$/.test(key)) return false
    const countBefore = keys.size
    return keys.add(`${starts[depth]} ${key}`).size === countBefore
  }
}

/** `"\u0031"` is the same key as `"1"`. */
const parseKey = (quoted: string): string => {
  try {
    return JSON.parse(quoted)
  } catch {
    return ''
  }
}

/** A double holds every number of this many characters. */
const maxExactDigits = 15

const findNumberEnd = (bytes: Buffer, start: number): number => {
  let at = start
  while (isDigit(bytes[at]) || bytes[at] === point) at += 1
  return at
}

const isUnusualNumber = (bytes: Buffer, from: number, to: number): boolean => {
  if (to - from > maxExactDigits || ((bytes[to] ?? 0) | 0x20) === letterE) return true
  if (bytes[to - 1] !== zero) return false
  const isNegativeZero = bytes[from] === minus && to === from + 2
  return isNegativeZero || bytes.subarray(from, to).includes(point)
}
