/**
 * UTF-8 cannot encode lone surrogates: all of them would become the same replacement character, and distinct ids would
 * collide.
 * JSON escapes them. The leading quote marks the escaped form.
 */
export const encodeText = (text: string): string =>
  text.isWellFormed() && !text.startsWith('"') ? text : JSON.stringify(text)

export const decodeText = (stored: string): string => (stored.startsWith('"') ? JSON.parse(stored) : stored)

/** Databases sort by UTF-8 bytes, which differs from the order of code units beyond U+FFFF. */
export const sortById = (entries: Iterable<readonly [string, string]>): Map<string, string> =>
  new Map([...entries].sort(([one], [other]) => (one < other ? -1 : 1)))
