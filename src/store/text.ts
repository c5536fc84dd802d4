/**
 * UTF-8 has no form for half a surrogate pair: any two would become the same replacement character, and two ids one.
 * JSON escapes them; the quote in front tells the escaped form apart.
 */
export const encodeText = (text: string): string =>
  text.isWellFormed() && !text.startsWith('"') ? text : JSON.stringify(text)

export const decodeText = (stored: string): string => (stored.startsWith('"') ? JSON.parse(stored) : stored)
