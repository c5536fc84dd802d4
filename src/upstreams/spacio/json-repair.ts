/**
 * Repairs exactly three defects that the vendor's own samples show, and nothing else: a comma between a value and a
 * closing brace or bracket, a number with leading zeros (`000001`), and a list of bare strings in braces
 * (`{ "a", "b" }`). A number with leading zeros becomes a text of the same digits, since it may be a postal code.
 *
 * It never adds a closing sign: a body that was cut stays unreadable, or a list would get shorter in silence.
 * One pass, linear in the length of the text. Answers text that still has to pass a strict parser.
 */
export const repair = (body: string): string => {
  const { length } = body
  let repaired = ''
  let keptUntil = 0
  const replace = (start: number, end: number, by: string): void => {
    repaired += body.slice(keptUntil, start) + by
    keptUntil = end
  }
  let previous = 0
  let comma = -1
  let onlyStrings = true
  for (let at = skipBlanks(body, 0); at < length; ) {
    const sign = body.charCodeAt(at)
    const end = endOfToken(body, at)
    const next = skipBlanks(body, end)
    if (comma >= 0 && (sign === closeObject || sign === closeArray)) replace(comma, comma + 1, '')
    comma = sign === commaSign && followsValue(previous) ? at : -1
    if ((sign === zero || sign === minus) && body.charCodeAt(next) !== colon) {
      const token = body.slice(at, end)
      if (zeroLedNumber.test(token)) replace(at, end, `"${token}"`)
    }
    onlyStrings &&= previous === 0 ? sign === openObject : sign === quote || sign === commaSign || sign === closeObject
    previous = sign
    at = next
  }
  repaired += body.slice(keptUntil)
  return onlyStrings && repaired.includes('"') ? asArray(repaired) : repaired
}

const [quote, backslash, commaSign, colon, minus, zero] = [0x22, 0x5c, 0x2c, 0x3a, 0x2d, 0x30] as const
const [openObject, closeObject, openArray, closeArray] = [0x7b, 0x7d, 0x5b, 0x5d] as const

/** A comma that no value stands before is rubbish, and no mere slip of a writer. Zero: it is the first token. */
const followsValue = (previous: number): boolean =>
  previous !== openObject && previous !== openArray && previous !== colon && previous !== commaSign && previous !== 0

const zeroLedNumber = /^-?0\d+(?:\.\d+)?(?:[eE][+-]?\d+)?$/

const asArray = (braces: string): string => {
  const [open, close] = [braces.indexOf('{'), braces.lastIndexOf('}')]
  return close < 0 ? braces : `${braces.slice(0, open)}[${braces.slice(open + 1, close)}]${braces.slice(close + 1)}`
}

const isBlank = (sign: number): boolean => sign === 0x20 || sign === 0x0a || sign === 0x0d || sign === 0x09

const skipBlanks = (body: string, from: number): number => {
  let at = from
  while (isBlank(body.charCodeAt(at))) at += 1
  return at
}

const isStructural = (sign: number): boolean =>
  sign === commaSign ||
  sign === colon ||
  sign === openObject ||
  sign === closeObject ||
  sign === openArray ||
  sign === closeArray

/** Tokens: strings, single signs, and runs of anything else (numbers, literals, rubbish). */
const endOfToken = (body: string, start: number): number => {
  const sign = body.charCodeAt(start)
  if (sign === quote) return endOfString(body, start)
  let end = start + 1
  if (isStructural(sign)) return end
  for (; end < body.length; end += 1) {
    const next = body.charCodeAt(end)
    if (next === quote || isStructural(next) || isBlank(next)) return end
  }
  return end
}

/** The place after the quote that ends the string which begins at `start`; of an endless one, the end of the text. */
const endOfString = (body: string, start: number): number => {
  const { length } = body
  let at = start + 1
  for (let sign = body.charCodeAt(at); sign !== quote; sign = body.charCodeAt(at)) {
    at += sign === backslash ? 2 : 1
    if (at >= length) return length
  }
  return at + 1
}
