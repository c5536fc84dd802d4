import { closeArray, closeObject, ENTRY_SIZE, escapeFlag, isDigit, openArray, openObject, type Tape } from './tape.ts'

const [quote, backslash, comma, colon, minus, point, zero] = [0x22, 0x5c, 0x2c, 0x3a, 0x2d, 0x2e, 0x30]

/** The records of the upstreams are six levels deep. */
const maxNestingDepth = 32

/**
 * Scans the value that begins at `start`. Returns where it ends; -1 if it is not JSON, is nested too deep, or has more
 * keys and values than the tape has entries. Does not check that the bytes are UTF-8.
 */
export const scanValue = (tape: Tape, start: number): number => {
  const { bytes, entries } = tape
  const { length } = bytes
  const lastEntry = entries.length - ENTRY_SIZE
  let [at, entry, depth] = [start, 0, 0]
  // The third number of an open array or object is the entry of its parent.
  let open = -1
  let isKey = false
  tape.hasDefect = false
  for (;;) {
    at = skipBlanks(bytes, at)
    if (at >= length || entry > lastEntry) return -1
    const byte = bytes[at] as number
    entries[entry] = at
    if (byte === quote) {
      const end = findPlainTextEnd(bytes, at + 1)
      const isPlain = bytes[end] === quote
      at = isPlain ? end + 1 : findTextEnd(bytes, end)
      if (at < 0) return -1
      entries[entry + 1] = at
      entries[entry + 2] = isPlain ? 0 : escapeFlag
      entry += ENTRY_SIZE
      if (isKey) {
        at = skipBlanks(bytes, at)
        if (bytes[at] !== colon) return -1
        at += 1
        isKey = false
        continue
      }
    } else if (isKey) return -1
    else if (byte === openObject || byte === openArray) {
      depth += 1
      if (depth > maxNestingDepth) return -1
      entries[entry + 2] = open
      open = entry
      entry += ENTRY_SIZE
      at = skipBlanks(bytes, at + 1)
      isKey = byte === openObject
      if (bytes[at] !== (isKey ? closeObject : closeArray)) continue
      isKey = false
    } else {
      if (bytes[at] === zero || bytes[at + 1] === zero) tape.hasDefect ||= hasLeadingZero(bytes, at)
      at = isDigit(byte) || byte === minus ? findNumberEnd(bytes, at) : findLiteralEnd(bytes, at)
      if (at < 0) return -1
      entries[entry + 1] = at
      entry += ENTRY_SIZE
    }
    // The value that has ended can be the last one of its parents.
    for (;;) {
      if (open < 0) return at
      at = skipBlanks(bytes, at)
      const isObject = bytes[entries[open] as number] === openObject
      const close = isObject ? closeObject : closeArray
      if (bytes[at] === comma) {
        at = skipBlanks(bytes, at + 1)
        isKey = isObject
        if (bytes[at] !== close) break
        isKey = false
        tape.hasDefect = true
      }
      if (bytes[at] !== close) return -1
      at += 1
      const outer = entries[open + 2] as number
      entries[open + 1] = at
      entries[open + 2] = entry
      open = outer
      depth -= 1
    }
  }
}

/** Never reads beyond the end, because V8 makes code slower that has read `undefined` there. */
export const skipBlanks = (bytes: Uint8Array, start: number): number => {
  const { length } = bytes
  let at = start
  while (at < length && isBlank(bytes[at])) at += 1
  return at
}

export const isBlank = (byte: number | undefined): boolean =>
  byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09

/** 1: the byte ends a string, starts an escape, or is not allowed in a string. */
const plainTextStops = Uint8Array.from({ length: 256 }, (_, byte) =>
  Number(byte < 0x20 || byte === quote || byte === backslash),
)

const findPlainTextEnd = (bytes: Uint8Array, start: number): number => {
  const { length } = bytes
  let at = start
  while (at < length && plainTextStops[bytes[at] as number] === 0) at += 1
  return at
}

/** Returns the place after the closing quote; -1 if the string is not valid. */
const findTextEnd = (bytes: Uint8Array, start: number): number => {
  let at = start
  for (;;) {
    at = findPlainTextEnd(bytes, at)
    const byte = bytes[at]
    if (byte === quote) return at + 1
    if (byte !== backslash) return -1
    const sign = bytes[at + 1] as number
    if (sign === 0x75) {
      for (let digit = at + 2; digit < at + 6; digit += 1) if (!isHexDigit(bytes[digit])) return -1
      at += 6
    } else if (shortEscapes.has(sign)) at += 2
    else return -1
  }
}

const shortEscapes = new Set([...'"\\/bfnrt'].map((sign) => sign.charCodeAt(0)))

const isHexDigit = (byte: number | undefined): boolean =>
  isDigit(byte) || (byte !== undefined && (byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x66)

const findDigitsEnd = (bytes: Uint8Array, start: number): number => {
  let at = start
  while (isDigit(bytes[at])) at += 1
  return at > start ? at : -1
}

const hasLeadingZero = (bytes: Uint8Array, start: number): boolean => {
  const first = bytes[start] === minus ? start + 1 : start
  return bytes[first] === zero && isDigit(bytes[first + 1])
}

const findNumberEnd = (bytes: Uint8Array, start: number): number => {
  let at = findDigitsEnd(bytes, bytes[start] === minus ? start + 1 : start)
  if (at >= 0 && bytes[at] === point) at = findDigitsEnd(bytes, at + 1)
  if (at < 0 || ((bytes[at] as number) | 0x20) !== 0x65) return at
  const sign = bytes[at + 1]
  return findDigitsEnd(bytes, at + (sign === minus || sign === 0x2b ? 2 : 1))
}

const literals = ['true', 'false', 'null'].map((word) => Uint8Array.from(word, (sign) => sign.charCodeAt(0)))

const findLiteralEnd = (bytes: Uint8Array, start: number): number => {
  const word = literals.find((each) => each[0] === bytes[start])
  return word?.every((byte, index) => bytes[start + index] === byte) ? start + word.length : -1
}

/** True for HTML or XML, which is not worth parsing. */
export const isMarkup = (bytes: Buffer): boolean => bytes[skipBlanks(bytes, bytes[0] === 0xef ? 3 : 0)] === 0x3c
