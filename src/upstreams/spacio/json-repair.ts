import { isBlank } from '#src/json/scanner.ts'
import { closeArray, closeObject, openArray, openObject } from '#src/json/tape.ts'

/**
 * Repairs exactly three defects that occur in the vendor's samples: trailing commas, numbers with leading zeros
 * (`000001`), and lists of bare strings in braces (`{ "a", "b" }`). Numbers with leading zeros become strings, because
 * they may be postal codes.
 *
 * It never adds a closing bracket: a truncated body must stay invalid, or a list would silently lose rows. It runs in
 * linear time. The result must still pass a strict parser.
 */
export const repairJson = (body: string): string => {
  const { length } = body
  let repaired = ''
  let copiedUntil = 0
  const replace = (start: number, end: number, by: string): void => {
    repaired += body.slice(copiedUntil, start) + by
    copiedUntil = end
  }
  let previous = 0
  let comma = -1
  let onlyStrings = true
  for (let at = skipWhitespace(body, 0); at < length; ) {
    const charCode = body.charCodeAt(at)
    const end = findTokenEnd(body, at)
    const next = skipWhitespace(body, end)
    if (comma >= 0 && (charCode === closeObject || charCode === closeArray)) replace(comma, comma + 1, '')
    comma = charCode === commaSign && isAfterValue(previous) ? at : -1
    if ((charCode === zero || charCode === minus) && body.charCodeAt(next) !== colon) {
      const token = body.slice(at, end)
      if (leadingZeroNumber.test(token)) replace(at, end, `"${token}"`)
    }
    onlyStrings &&=
      previous === 0
        ? charCode === openObject
        : charCode === quote || charCode === commaSign || charCode === closeObject
    previous = charCode
    at = next
  }
  repaired += body.slice(copiedUntil)
  return onlyStrings && repaired.includes('"') ? toArrayText(repaired) : repaired
}

const [quote, backslash, commaSign, colon, minus, zero] = [0x22, 0x5c, 0x2c, 0x3a, 0x2d, 0x30] as const

/** A comma without a value before it is not repaired. Zero stands for the first token. */
const isAfterValue = (previous: number): boolean =>
  previous !== openObject && previous !== openArray && previous !== colon && previous !== commaSign && previous !== 0

const leadingZeroNumber = /^-?0\d+(?:\.\d+)?(?:[eE][+-]?\d+)?$/

const toArrayText = (braces: string): string => {
  const [open, close] = [braces.indexOf('{'), braces.lastIndexOf('}')]
  return close < 0 ? braces : `${braces.slice(0, open)}[${braces.slice(open + 1, close)}]${braces.slice(close + 1)}`
}

const skipWhitespace = (body: string, from: number): number => {
  let at = from
  while (isBlank(body.charCodeAt(at))) at += 1
  return at
}

const isStructural = (charCode: number): boolean =>
  charCode === commaSign ||
  charCode === colon ||
  charCode === openObject ||
  charCode === closeObject ||
  charCode === openArray ||
  charCode === closeArray

/** Tokens are strings, single punctuation characters, and runs of other characters. */
const findTokenEnd = (body: string, start: number): number => {
  const charCode = body.charCodeAt(start)
  if (charCode === quote) return findStringEnd(body, start)
  let end = start + 1
  if (isStructural(charCode)) return end
  for (; end < body.length; end += 1) {
    const next = body.charCodeAt(end)
    if (next === quote || isStructural(next) || isBlank(next)) return end
  }
  return end
}

/** Returns the index after the closing quote, or the end of the text for an unterminated string. */
const findStringEnd = (body: string, start: number): number => {
  const { length } = body
  let at = start + 1
  for (let charCode = body.charCodeAt(at); charCode !== quote; charCode = body.charCodeAt(at)) {
    at += charCode === backslash ? 2 : 1
    if (at >= length) return length
  }
  return at + 1
}
