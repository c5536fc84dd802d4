/**
 * How a JSON value is laid out in its bytes: three numbers for each value and each key in it, in the order of the text.
 * Where it begins; where it has ended; and of a list or a record the place of what is laid out after it, of a text
 * whether something is escaped in it.
 */
export interface Tape {
  readonly bytes: Uint8Array
  readonly entries: Int32Array
}

export const ENTRY_SIZE = 3

export const escapeFlag = 1

const [quote, backslash, comma, colon, minus, point, zero, nine] = [0x22, 0x5c, 0x2c, 0x3a, 0x2d, 0x2e, 0x30, 0x39]
const [openObject, closeObject, openArray, closeArray] = [0x7b, 0x7d, 0x5b, 0x5d]

/** The upstreams' records are six levels deep. */
const maxNestingDepth = 32

/**
 * Lays out the value that begins at `start`, and answers where it has ended; -1: it is no JSON, nested absurdly deep,
 * or has more parts than there are slots for. That the bytes are UTF-8 is for others to see.
 */
export const scanValue = ({ bytes, entries }: Tape, start: number): number => {
  const { length } = bytes
  const lastEntry = entries.length - ENTRY_SIZE
  let [at, entry, depth] = [start, 0, 0]
  // Of what is still open the third number leads to what it lies in.
  let open = -1
  let isKey = false
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
      at = byte === minus || (byte >= zero && byte <= nine) ? findNumberEnd(bytes, at) : findLiteralEnd(bytes, at)
      if (at < 0) return -1
      entries[entry + 1] = at
      entry += ENTRY_SIZE
    }
    // What has ended may be the last of what it lies in.
    for (;;) {
      if (open < 0) return at
      at = skipBlanks(bytes, at)
      const isObject = bytes[entries[open] as number] === openObject
      const next = bytes[at]
      if (next === comma) {
        isKey = isObject
        at += 1
        break
      }
      if (next !== (isObject ? closeObject : closeArray)) return -1
      at += 1
      const outer = entries[open + 2] as number
      entries[open + 1] = at
      entries[open + 2] = entry
      open = outer
      depth -= 1
    }
  }
}

/** Nothing is read beyond the end: code that has met `undefined` there is slower from then on. */
export const skipBlanks = (bytes: Uint8Array, start: number): number => {
  const { length } = bytes
  let at = start
  while (at < length && isBlank(bytes[at] as number)) at += 1
  return at
}

const isBlank = (byte: number): boolean => byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09

/** 1: a byte that ends a text, begins an escape or may not stand in one. */
const plainTextStops = Uint8Array.from({ length: 256 }, (_, byte) =>
  Number(byte < 0x20 || byte === quote || byte === backslash),
)

const findPlainTextEnd = (bytes: Uint8Array, start: number): number => {
  const { length } = bytes
  let at = start
  while (at < length && plainTextStops[bytes[at] as number] === 0) at += 1
  return at
}

/** The place after the quote; -1: there is none, or something stands before it that may not. */
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

const isDigit = (byte: number | undefined): boolean => byte !== undefined && byte >= zero && byte <= nine

const isHexDigit = (byte: number | undefined): boolean =>
  isDigit(byte) || (byte !== undefined && (byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x66)

const findDigitsEnd = (bytes: Uint8Array, start: number): number => {
  let at = start
  while (isDigit(bytes[at])) at += 1
  return at > start ? at : -1
}

const findNumberEnd = (bytes: Uint8Array, start: number): number => {
  const integerStart = bytes[start] === minus ? start + 1 : start
  let at = bytes[integerStart] === zero ? integerStart + 1 : findDigitsEnd(bytes, integerStart)
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

/** The slot of the value that a record has under a key, given in its quotes; -1: there is none. */
export const findMember = ({ bytes, entries }: Tape, record: number, key: Uint8Array): number => {
  const end = entries[record + 2] as number
  for (let entry = record + ENTRY_SIZE; entry < end; ) {
    const value = entry + ENTRY_SIZE
    if (equalsSlice(bytes, entries[entry] as number, entries[entry + 1] as number, key)) return value
    const first = bytes[entries[value] as number]
    entry = first === openObject || first === openArray ? (entries[value + 2] as number) : value + ENTRY_SIZE
  }
  return -1
}

/** Whether exactly these bytes stand there. */
export const equalsSlice = (bytes: Uint8Array, from: number, to: number, expected: Uint8Array): boolean => {
  if (to - from !== expected.length) return false
  for (let index = 0; index < expected.length; index += 1) if (bytes[from + index] !== expected[index]) return false
  return true
}
