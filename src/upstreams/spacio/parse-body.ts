import { isTooComplex, tryParseWire } from '#src/json/parse-wire-json.ts'
import { runToEnd, type Steps } from '../transport/slices.ts'
import { isWhitespace } from './elements.ts'
import { repairJson } from './json-repair.ts'

export type ReplyBody = { kind: 'json'; value: unknown } | { kind: 'text'; value: string } | { kind: 'unreadable' }

const decoder = new TextDecoder('utf-8', { fatal: true })

/** What is longer is a list, which is read element by element, or nothing that an operation answers. */
const maxBodyBytes = 2 * 1024 * 1024

/**
 * Reads what an upstream sent: strict JSON first, the narrow repair only where that fails. A short bare word
 * (`invalid-sid`) is text. Unreadable are: HTML, broken UTF-8, a truncated body, one that is nested absurdly deep, and
 * one that is too large to be parsed while others wait.
 */
export function* parseBodySteps(bytes: Uint8Array): Steps<ReplyBody> {
  if (bytes.length > maxBodyBytes || isMarkup(bytes)) return unreadableBody
  const body = decodeUtf8(bytes)
  if (body === null) return unreadableBody
  if (/^[a-z-]{1,40}$/.test(body) && !jsonLiterals.has(body)) return { kind: 'text', value: body }
  yield
  if (isTooComplex(body)) return unreadableBody
  yield
  const strictValue = tryParseWire(body)
  if (strictValue) return { kind: 'json', value: strictValue.parsed }
  yield
  const repaired = repairJson(body)
  yield
  const value = tryParseWire(repaired)
  return value ? { kind: 'json', value: value.parsed } : unreadableBody
}

/** The same for a short body. */
export const parseBody = (bytes: Uint8Array): ReplyBody => runToEnd(parseBodySteps(bytes))

const unreadableBody: ReplyBody = { kind: 'unreadable' }

const jsonLiterals = new Set(['true', 'false', 'null'])

/** An HTML page of a proxy, or XML: no repair makes JSON of it. */
const isMarkup = (bytes: Uint8Array): boolean => {
  let at = bytes[0] === 0xef ? 3 : 0
  while (isWhitespace(bytes[at])) at += 1
  return bytes[at] === 0x3c
}

const decodeUtf8 = (bytes: Uint8Array): string | null => {
  try {
    return decoder.decode(bytes).trim()
  } catch {
    return null
  }
}
