const [quote, backslash] = [0x22, 0x5c]
const opening = [0x7b, 0x5b]
const closing = [0x7d, 0x5d]
const blanks = [0x20, 0x09, 0x0a, 0x0d]

/** Whether a body is nothing, or begins as JSON and ends before its brackets do: what a broken transfer leaves. */
export const isCut = (body: Uint8Array): boolean => {
  const start = body.findIndex((byte) => !blanks.includes(byte))
  return start < 0 || (opening.includes(body[start] as number) && depthAtEnd(body, start) > 0)
}

const depthAtEnd = (body: Uint8Array, start: number): number => {
  let depth = 0
  for (let at = start; at < body.length; at += 1) {
    const byte = body[at] as number
    if (byte === quote) at = endOfString(body, at)
    else if (opening.includes(byte)) depth += 1
    else if (closing.includes(byte)) depth -= 1
  }
  return depth
}

/** The place of the closing quote; of an endless string, the end of the body. */
const endOfString = (body: Uint8Array, start: number): number => {
  let at = start + 1
  while (at < body.length && body[at] !== quote) at += body[at] === backslash ? 2 : 1
  return at
}
