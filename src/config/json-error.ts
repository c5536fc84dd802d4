/**
 * Where a text stops being JSON: the parser's own message quotes the text, which may hold a secret, and names a position
 * in some cases only.
 */
export const locateJsonError = (text: string): { line: number; column: number } => {
  const before = text.slice(0, findErrorOffset(text))
  const lines = before.split(/\r\n|\r|\n/)
  return { line: lines.length, column: (lines.at(-1) as string).length + 1 }
}

const string = /"(?:[ !#-[\]-\uffff]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y
const scalar = /(?:-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)(?![\w.+-])/y
const blank = /[ \t\r\n]*/y

/** The offset of the first token that cannot stand where it stands. */
const findErrorOffset = (text: string): number => {
  let offset = 0
  const matches = (pattern: RegExp): boolean => {
    pattern.lastIndex = offset
    const found = pattern.test(text)
    if (found) offset = pattern.lastIndex
    return found
  }
  const skipBlank = (): boolean => matches(blank)
  const takes = (character: string): boolean => {
    skipBlank()
    if (text[offset] !== character) return false
    offset += 1
    skipBlank()
    return true
  }
  const list = (close: string, item: () => boolean): boolean => {
    if (takes(close)) return true
    do if (!item()) return false
    while (takes(','))
    return takes(close)
  }
  const member = (): boolean => matches(string) && takes(':') && value()
  const value = (): boolean => {
    if (takes('{')) return list('}', member)
    if (takes('[')) return list(']', value)
    return matches(string) || matches(scalar)
  }
  if (value()) skipBlank()
  return offset
}
