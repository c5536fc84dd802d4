import { isBlank, skipBlanks } from './scanner.ts'
import { closeArray, closeObject, openArray, openObject } from './tape.ts'

const [quote, backslash] = [0x22, 0x5c]

/** Scanning a longer body would block the event loop for tens of milliseconds. */
const maxScannedBytes = 2 * 1024 * 1024

/**
 * True for an empty body and for JSON that ends before its brackets close, as after a broken transfer.
 * Of very long bodies only the last character is examined, so that truncation may go undetected.
 */
export const isTruncated = (body: Uint8Array): boolean => {
  const { length } = body
  const start = skipBlanks(body, 0)
  if (start === length) return true
  if (body[start] !== openObject && body[start] !== openArray) return false
  if (length > maxScannedBytes) return findLastByte(body) !== (body[start] === openObject ? closeObject : closeArray)
  return getDepthAtEnd(body, start) > 0
}

const findLastByte = (body: Uint8Array): number | undefined => {
  let last = body.length - 1
  while (last >= 0 && isBlank(body[last])) last -= 1
  return body[last]
}

const getDepthAtEnd = (body: Uint8Array, start: number): number => {
  const { length } = body
  let depth = 0
  for (let at = start; at < length; at += 1) {
    const byte = body[at]
    if (byte === quote) at = findStringEnd(body, at)
    else if (byte === openObject || byte === openArray) depth += 1
    else if (byte === closeObject || byte === closeArray) depth -= 1
  }
  return depth
}

/** Returns the index of the closing quote, or the end of the body for an unterminated string. */
const findStringEnd = (body: Uint8Array, start: number): number => {
  const { length } = body
  let at = start + 1
  while (at < length && body[at] !== quote) at += body[at] === backslash ? 2 : 1
  return at
}
