const backslash = 0x5c

/** The place of the quote that closes the string which begins at `start`; the length of the text: there is none. */
export const findStringEnd = (text: string, start: number): number => {
  let end = text.indexOf('"', start + 1)
  while (end > 0 && text.charCodeAt(end - 1) === backslash && isEscaped(text, start, end))
    end = text.indexOf('"', end + 1)
  return end < 0 ? text.length : end
}

/** An odd number of backslashes stands before it. */
const isEscaped = (text: string, start: number, end: number): boolean => {
  let first = end
  while (first > start + 1 && text.charCodeAt(first - 1) === backslash) first -= 1
  return (end - first) % 2 === 1
}
