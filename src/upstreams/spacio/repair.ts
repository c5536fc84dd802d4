/**
 * Repairs exactly three defects that the vendor's own samples show, and nothing else: a comma between a value and a
 * closing brace or bracket, a number with leading zeros (`000001`), and a list of bare strings in braces
 * (`{ "a", "b" }`). A number with leading zeros becomes a text of the same digits, since it may be a postal code.
 *
 * It never adds a closing sign: a body that was cut stays unreadable, or a list would get shorter in silence.
 * Linear in the length of the text. Answers text that still has to pass a strict parser.
 */
export const repair = (body: string): string => {
  const kept: string[] = []
  let keptUntil = 0
  const replace = (start: number, end: number, by: string): void => {
    kept.push(body.slice(keptUntil, start), by)
    keptUntil = end
  }
  let previous = ''
  let comma = -1
  let onlyStrings = true
  for (let at = skipBlanks(body, 0); at < body.length; ) {
    const sign = body.charAt(at)
    const end = endOfToken(body, at)
    if (comma >= 0 && (sign === '}' || sign === ']')) replace(comma, comma + 1, '')
    comma = sign === ',' && followsValue(previous) ? at : -1
    if (sign === '0' || sign === '-') {
      const token = body.slice(at, end)
      const isKey = body.charAt(skipBlanks(body, end)) === ':'
      if (!isKey && zeroLedNumber.test(token)) replace(at, end, `"${token}"`)
    }
    onlyStrings &&= previous === '' ? sign === '{' : '",}'.includes(sign)
    previous = sign
    at = skipBlanks(body, end)
  }
  const mended = kept.join('') + body.slice(keptUntil)
  return onlyStrings && mended.includes('"') ? asArray(mended) : mended
}

/** A comma that no value stands before is rubbish, and no mere slip of a writer. */
const followsValue = (previous: string): boolean => !'{[:,'.includes(previous)

const zeroLedNumber = /^-?0\d+(?:\.\d+)?(?:[eE][+-]?\d+)?$/

const asArray = (braces: string): string => {
  const [open, close] = [braces.indexOf('{'), braces.lastIndexOf('}')]
  return close < 0 ? braces : `${braces.slice(0, open)}[${braces.slice(open + 1, close)}]${braces.slice(close + 1)}`
}

const skipBlanks = (body: string, from: number): number => {
  let at = from
  while (at < body.length && ' \n\r\t'.includes(body.charAt(at))) at += 1
  return at
}

/** Tokens: strings, single signs, and runs of anything else (numbers, literals, rubbish). */
const endOfToken = (body: string, start: number): number => {
  const sign = body.charAt(start)
  if (sign === '"') return endOfString(body, start)
  let end = start + 1
  if (!signs.includes(sign)) while (end < body.length && !delimiters.includes(body.charAt(end))) end += 1
  return end
}

const signs = '{}[],:'

const delimiters = `${signs}" \n\r\t`

/** The place after the quote that ends the string which begins at `start`; of an endless one, the end of the text. */
export const endOfString = (body: string, start: number): number => {
  let quote = start
  do quote = body.indexOf('"', quote + 1)
  while (quote >= 0 && isEscaped(body, quote))
  return quote < 0 ? body.length : quote + 1
}

/** An odd number of backslashes stands before it. */
const isEscaped = (body: string, quote: number): boolean => {
  let first = quote
  while (body.charAt(first - 1) === '\\') first -= 1
  return (quote - first) % 2 === 1
}
