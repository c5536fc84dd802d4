/**
 * The members of a JSON object or array, found in its bytes and not yet parsed. A long list is read element by element:
 * none of them makes a text, or an object, that is as large as the list.
 */
export interface Member {
  /** Null: of an array. */
  readonly key: string | null
  /** Where its value begins, and where it has ended. */
  readonly from: number
  readonly to: number
}

export const [quote, backslash, comma, colon] = [0x22, 0x5c, 0x2c, 0x3a] as const
export const [openObject, closeObject, openArray, closeArray] = [0x7b, 0x7d, 0x5b, 0x5d] as const

/** The vendor's records are six levels deep. */
export const maxDepth = 32

/** A record has a few hundred values at most. Parsing and decoding more of them would stop everyone else. */
export const maxRecordValues = 10_000

/** Bytes. Much longer than any record. */
export const maxRecordBytes = 1024 * 1024

/** What a member may be at most. */
export interface MemberBounds {
  readonly maxBytes: number
  readonly maxValues: number
}

const recordBounds: MemberBounds = { maxBytes: maxRecordBytes, maxValues: maxRecordValues }

export interface MemberReader {
  readonly isKeyed: boolean
  /** Null: there are no more, or what comes is not what a strict parser would take. */
  next(): Member | null
  /** The place after the closing bracket; -1: it was not reached. */
  getEnd(): number
}

/**
 * Reads members one by one. It refuses what is nested absurdly deep or holds absurdly many values. It accepts a comma
 * after the last member, which is one of the vendor's defects. Keys are given as they stand, escapes included. What
 * stands between the brackets of a member is left to the parser.
 */
export const createMemberReader = (bytes: Buffer, start: number, bounds: MemberBounds = recordBounds): MemberReader => {
  const isKeyed = bytes[start] === openObject
  const close = isKeyed ? closeObject : closeArray
  const isList = isKeyed || bytes[start] === openArray
  let at = isList ? skipWhitespace(bytes, start + 1) : -1
  let end = -1

  const endReading = (): null => {
    at = -1
    return null
  }

  /** The place of the value whose key stands at `at`; -1: there is none. */
  const findValueStart = (keyEnd: number): number => {
    const colonAt = keyEnd < 0 ? -1 : skipWhitespace(bytes, keyEnd)
    return bytes[colonAt] === colon ? skipWhitespace(bytes, colonAt + 1) : -1
  }

  return {
    isKeyed,
    getEnd: () => end,
    next: () => {
      if (at < 0) return null
      if (bytes[at] === close) {
        end = at + 1
        return endReading()
      }
      let key: string | null = null
      let from = at
      if (isKeyed) {
        const keyEnd = bytes[at] === quote ? findStringEnd(bytes, at, bytes.length) : -1
        from = findValueStart(keyEnd)
        if (from < 0) return endReading()
        key = bytes.toString('utf8', at + 1, keyEnd - 1)
      }
      const to = findValueEnd(bytes, from, bounds)
      if (to < 0) return endReading()
      at = skipWhitespace(bytes, to)
      if (bytes[at] === comma) at = skipWhitespace(bytes, at + 1)
      else if (bytes[at] !== close) return endReading()
      return { key, from, to }
    },
  }
}

export const isWhitespace = (byte: number | undefined): boolean =>
  byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09

export const skipWhitespace = (bytes: Uint8Array, start: number): number => {
  let at = start
  while (isWhitespace(bytes[at])) at += 1
  return at
}

/** The place after the closing quote; -1: there is none. */
const findStringEnd = (bytes: Uint8Array, start: number, length: number): number => {
  let at = start + 1
  for (let byte = bytes[at]; byte !== quote; byte = bytes[at]) {
    at += byte === backslash ? 2 : 1
    if (at >= length) return -1
  }
  return at + 1
}

/** The place after a value; -1: it does not end within its bounds, or is nested too deep. */
const findValueEnd = (bytes: Uint8Array, start: number, { maxBytes, maxValues }: MemberBounds): number => {
  const first = bytes[start]
  const length = Math.min(bytes.length, start + maxBytes)
  if (first === quote) return findStringEnd(bytes, start, length)
  if (first === openObject || first === openArray) return findBracketsEnd(bytes, start, length, maxValues)
  return findLiteralEnd(bytes, start)
}

const findBracketsEnd = (bytes: Uint8Array, start: number, length: number, maxValues: number): number => {
  let depth = 0
  let values = 0
  for (let at = start; at < length; at += 1) {
    const byte = bytes[at]
    if (byte === quote) {
      at = findStringEnd(bytes, at, length) - 1
      if (at < 0) return -1
    } else if (byte === comma) {
      values += 1
      if (values > maxValues) return -1
    } else if (byte === openObject || byte === openArray) {
      depth += 1
      values += 1
      if (depth > maxDepth || values > maxValues) return -1
    } else if (byte === closeObject || byte === closeArray) {
      depth -= 1
      if (depth === 0) return at + 1
    }
  }
  return -1
}

/** A number or a literal: up to what cannot be part of one. */
const findLiteralEnd = (bytes: Uint8Array, start: number): number => {
  let at = start
  for (let byte = bytes[at]; byte !== undefined && isLiteralByte(byte); byte = bytes[at]) at += 1
  return at > start ? at : -1
}

const isLiteralByte = (byte: number): boolean =>
  byte > 0x20 && byte !== comma && byte !== colon && byte !== quote && (byte | 0x20) !== 0x7b && (byte | 0x20) !== 0x7d
