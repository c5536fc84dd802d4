/**
 * Locates the first syntax error in a JSON text. The message of `JSON.parse` quotes the text, which may contain a
 * secret, and does not always have a position.
 */
export const locateJsonError = (text: string): { line: number; column: number } => {
  const before = text.slice(0, findErrorOffset(text))
  const lines = before.split(/\r\n|\r|\n/)
  return { line: lines.length, column: (lines.at(-1) as string).length + 1 }
}

const stringPattern = /"(?:[ !#-[\]-\uffff]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y
const scalarPattern = /(?:-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)(?![\w.+-])/y
const whitespacePattern = /[ \t\r\n]*/y

/** Returns the offset of the first invalid token. */
const findErrorOffset = (text: string): number => {
  let offset = 0
  const skipPattern = (pattern: RegExp): boolean => {
    pattern.lastIndex = offset
    const isFound = pattern.test(text)
    if (isFound) offset = pattern.lastIndex
    return isFound
  }
  const skipWhitespace = (): boolean => skipPattern(whitespacePattern)
  const skipCharacter = (character: string): boolean => {
    skipWhitespace()
    if (text[offset] !== character) return false
    offset += 1
    skipWhitespace()
    return true
  }
  const skipList = (close: string, item: () => boolean): boolean => {
    if (skipCharacter(close)) return true
    do if (!item()) return false
    while (skipCharacter(','))
    return skipCharacter(close)
  }
  const skipMember = (): boolean => skipPattern(stringPattern) && skipCharacter(':') && skipValue()
  const skipValue = (): boolean => {
    if (skipCharacter('{')) return skipList('}', skipMember)
    if (skipCharacter('[')) return skipList(']', skipValue)
    return skipPattern(stringPattern) || skipPattern(scalarPattern)
  }
  if (skipValue()) skipWhitespace()
  return offset
}
