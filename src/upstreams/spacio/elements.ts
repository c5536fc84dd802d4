/**
 * The members of a JSON object or array, cut out of its bytes and not yet read. A long list is read element by element:
 * none of them makes a text, or an object, that is as large as the list.
 */
export interface Member {
  /** Null: of an array. */
  readonly key: string | null
  /** Where its value begins, and where it has ended. */
  readonly from: number
  readonly to: number
}

export interface Members {
  readonly members: readonly Member[]
  /** The place after the closing bracket. */
  readonly end: number
}

export const [quote, backslash, comma, colon] = [0x22, 0x5c, 0x2c, 0x3a] as const
export const [openObject, closeObject, openArray, closeArray] = [0x7b, 0x7d, 0x5b, 0x5d] as const

/** The vendor's records are six levels deep. */
export const maxDepth = 32

/**
 * Null: not what a strict parser would take, nested absurdly deep, or with a key in which something is escaped. What
 * stands between the brackets of a member is left to whoever parses it.
 */
export const membersAt = (bytes: Buffer, start: number): Members | null => {
  const open = bytes[start]
  if (open !== openObject && open !== openArray) return null
  const close = open === openObject ? closeObject : closeArray
  const members: Member[] = []
  let at = skipBlanks(bytes, start + 1)
  if (bytes[at] === close) return { members, end: at + 1 }
  for (;;) {
    let key: string | null = null
    if (open === openObject) {
      const end = bytes[at] === quote ? endOfString(bytes, at) : -1
      if (end < 0) return null
      key = bytes.toString('utf8', at + 1, end - 1)
      at = skipBlanks(bytes, end)
      if (bytes[at] !== colon || key.includes('\\')) return null
      at = skipBlanks(bytes, at + 1)
    }
    const to = endOfValue(bytes, at)
    if (to < 0) return null
    members.push({ key, from: at, to })
    at = skipBlanks(bytes, to)
    if (bytes[at] === close) return { members, end: at + 1 }
    if (bytes[at] !== comma) return null
    at = skipBlanks(bytes, at + 1)
  }
}

export const isBlank = (byte: number | undefined): boolean =>
  byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09

export const skipBlanks = (bytes: Uint8Array, start: number): number => {
  let at = start
  while (isBlank(bytes[at])) at += 1
  return at
}

/** The place after the closing quote; -1: there is none. */
const endOfString = (bytes: Uint8Array, start: number): number => {
  const { length } = bytes
  let at = start + 1
  for (let byte = bytes[at]; byte !== quote; byte = bytes[at]) {
    at += byte === backslash ? 2 : 1
    if (at >= length) return -1
  }
  return at + 1
}

/** The place after a value; -1: it does not end, or is nested too deep. */
const endOfValue = (bytes: Uint8Array, start: number): number => {
  const first = bytes[start]
  if (first === quote) return endOfString(bytes, start)
  return first === openObject || first === openArray ? endOfBrackets(bytes, start) : endOfWord(bytes, start)
}

const endOfBrackets = (bytes: Uint8Array, start: number): number => {
  const { length } = bytes
  let depth = 0
  for (let at = start; at < length; at += 1) {
    const byte = bytes[at]
    if (byte === quote) {
      at = endOfString(bytes, at) - 1
      if (at < 0) return -1
    } else if (byte === openObject || byte === openArray) {
      depth += 1
      if (depth > maxDepth) return -1
    } else if (byte === closeObject || byte === closeArray) {
      depth -= 1
      if (depth === 0) return at + 1
    }
  }
  return -1
}

/** A number or a literal: up to what cannot be part of one. */
const endOfWord = (bytes: Uint8Array, start: number): number => {
  let at = start
  for (let byte = bytes[at]; byte !== undefined && isWordSign(byte); byte = bytes[at]) at += 1
  return at > start ? at : -1
}

const isWordSign = (byte: number): boolean =>
  byte > 0x20 && byte !== comma && byte !== colon && byte !== quote && (byte | 0x20) !== 0x7b && (byte | 0x20) !== 0x7d
