/**
 * UTF-8 has no form for half a surrogate pair: any two would become the same replacement character, and two ids one.
 * JSON escapes them; the quote in front tells the escaped form apart.
 */
export const encodeText = (text: string): string =>
  text.isWellFormed() && !text.startsWith('"') ? text : JSON.stringify(text)

export const decodeText = (stored: string): string => (stored.startsWith('"') ? JSON.parse(stored) : stored)

/** Databases sort by bytes, where code points beyond U+FFFF come last: not the order of JavaScript. */
export const sortById = (entries: Iterable<readonly [string, string]>): Map<string, string> =>
  new Map([...entries].sort(([one], [other]) => (one < other ? -1 : 1)))
