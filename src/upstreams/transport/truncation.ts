const [quote, backslash, openObject, closeObject, openArray, closeArray] = [0x22, 0x5c, 0x7b, 0x7d, 0x5b, 0x5d] as const

/** Counting the brackets of a longer body would stop everyone else for tens of milliseconds. */
const maxCountedBytes = 2 * 1024 * 1024

/**
 * Whether a body is nothing, or begins as JSON and ends before its brackets do: what a broken transfer leaves. Of a very
 * long body only the last sign is looked at, so that it may miss one.
 */
export const isCut = (body: Uint8Array): boolean => {
  const { length } = body
  let start = 0
  while (start < length && isBlank(body[start] as number)) start += 1
  if (start === length) return true
  if (body[start] !== openObject && body[start] !== openArray) return false
  if (length > maxCountedBytes) return lastSign(body) !== (body[start] === openObject ? closeObject : closeArray)
  return depthAtEnd(body, start) > 0
}

const lastSign = (body: Uint8Array): number | undefined => {
  let last = body.length - 1
  while (last >= 0 && isBlank(body[last] as number)) last -= 1
  return body[last]
}

const isBlank = (byte: number): boolean => byte === 0x20 || byte === 0x09 || byte === 0x0a || byte === 0x0d

const depthAtEnd = (body: Uint8Array, start: number): number => {
  const { length } = body
  let depth = 0
  for (let at = start; at < length; at += 1) {
    const byte = body[at]
    if (byte === quote) at = endOfString(body, at)
    else if (byte === openObject || byte === openArray) depth += 1
    else if (byte === closeObject || byte === closeArray) depth -= 1
  }
  return depth
}

/** The place of the closing quote; of an endless string, the end of the body. */
const endOfString = (body: Uint8Array, start: number): number => {
  const { length } = body
  let at = start + 1
  while (at < length && body[at] !== quote) at += body[at] === backslash ? 2 : 1
  return at
}
