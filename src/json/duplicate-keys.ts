/** Finds the lists in a JSON text of which an element would get lost, since a key of theirs occurs twice. */

import { findStringEnd } from './end-of-string.ts'

const [quote, backslash, colon, zero, nine, letterD] = [0x22, 0x5c, 0x3a, 0x30, 0x39, 0x64] as const
const [openObject, closeObject] = [0x7b, 0x7d] as const

/**
 * Whether an object has a key twice that is a position in a list (`"1"`, also written with escapes), or that
 * holds one (`data`). The text need not be sound JSON.
 */
export const hasRepeatedListKey = (text: string): boolean => mayRepeatKey(text) && hasRepeatedKey(text)

/** Quick, and sure where it says no: the positions of each object ascend, and `data` occurs once in it. */
const mayRepeatKey = (text: string): boolean => {
  const { length } = text
  let depth = 0
  lastPositions[0] = noPosition
  for (let at = 0; at < length; at += 1) {
    const code = text.charCodeAt(at)
    if (code === quote) {
      const end = findStringEnd(text, at)
      if (isListKeyStart(text, at + 1) && isKey(text, end)) {
        const key = text.slice(at + 1, end)
        const position = parsePosition(key)
        if (
          depth > maxNestingDepth ||
          key.includes('\\') ||
          (position !== null && position <= (lastPositions[depth] as number))
        )
          return true
        if (position !== null) lastPositions[depth] = position
      }
      at = end
    } else if (code === openObject) {
      depth += 1
      if (depth <= maxNestingDepth) lastPositions[depth] = noPosition
    } else if (code === closeObject) depth -= 1
  }
  return false
}

const noPosition = -2

/** That of `data`, which stands beside no other key of a list. */
const dataPosition = -1

const maxNestingDepth = 64

const lastPositions = new Int32Array(maxNestingDepth + 1).fill(noPosition)

/** A digit, an escape, or the `d` of `data`. */
const isListKeyStart = (text: string, at: number): boolean => {
  const code = text.charCodeAt(at)
  return (code >= zero && code <= nine) || code === letterD || code === backslash
}

const isKey = (text: string, closingQuote: number): boolean => {
  let at = closingQuote + 1
  while (' \n\r\t'.includes(text.charAt(at)) && at < text.length) at += 1
  return text.charCodeAt(at) === colon
}

/** Null: it is no key of a list. */
const parsePosition = (key: string): number | null =>
  key === 'data' ? dataPosition : /^\d{1,9}$/.test(key) ? Number(key) : null

const hasRepeatedKey = (text: string): boolean => {
  const { length } = text
  const open: Set<string>[] = [new Set()]
  for (let at = 0; at < length; at += 1) {
    const code = text.charCodeAt(at)
    if (code === quote) {
      const end = findStringEnd(text, at)
      const key = isListKeyStart(text, at + 1) && isKey(text, end) ? parseListKey(text.slice(at, end + 1)) : null
      const keys = open.at(-1)
      if (key !== null && keys?.has(key)) return true
      if (key !== null) keys?.add(key)
      at = end
    } else if (code === openObject) open.push(new Set())
    else if (code === closeObject) open.pop()
  }
  return false
}

/** `"\u0031"` is the same key as `"1"`. Null: it is no key of a list. */
const parseListKey = (quoted: string): string | null => {
  try {
    const key = JSON.parse(quoted) as string
    return parsePosition(key) === null ? null : key
  } catch {
    return null
  }
}
