/**
 * Mends exactly three defects that the vendor's own samples show, and nothing else: a comma before a closing brace
 * or bracket, leading zeros of a number (`000001`), and a list of bare strings in braces (`{ "a", "b" }`).
 *
 * It never adds a closing sign: a body that was cut stays unreadable, or a list would get shorter in silence.
 * Linear in the length of the text. Answers text that still has to pass a strict parser.
 */
export const repair = (body: string): string => {
  const mended: string[] = []
  let comma = -1
  let onlyStrings = true
  let depthOneStart = -1
  for (const [token] of body.matchAll(tokenPattern)) {
    if (blank.test(token)) {
      mended.push(token)
      continue
    }
    if (comma >= 0 && (token === '}' || token === ']')) mended[comma] = ''
    comma = token === ',' ? mended.length : -1
    if (depthOneStart < 0) depthOneStart = token === '{' ? mended.length : Number.POSITIVE_INFINITY
    else if (token !== ',' && token !== '}' && !token.startsWith('"')) onlyStrings = false
    mended.push(token.replace(leadingZeros, '$1'))
  }
  const isBracesList = onlyStrings && Number.isFinite(depthOneStart) && mended.some((token) => token.startsWith('"'))
  return isBracesList ? asArray(mended, depthOneStart) : mended.join('')
}

/** Strings, runs of white space, single punctuation, and runs of anything else (numbers, literals, rubbish). */
const tokenPattern = /"[^"\\]*(?:\\[\s\S][^"\\]*)*"?|\s+|[{}[\],:]|[^\s"{}[\],:]+/g

const blank = /^\s/

const leadingZeros = /^(-?)0+(?=\d)/

const asArray = (tokens: string[], opening: number): string => {
  const closing = tokens.lastIndexOf('}')
  return tokens.map((token, at) => (at === opening ? '[' : at === closing ? ']' : token)).join('')
}
