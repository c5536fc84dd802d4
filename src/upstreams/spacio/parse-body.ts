import { isTooComplex, tryParseWire } from '#src/json/parse-wire-json.ts'
import { runToEnd, type Steps } from '../transport/slices.ts'
import { isBlank } from './elements.ts'
import { repair } from './json-repair.ts'

export type Body = { kind: 'json'; value: unknown } | { kind: 'text'; value: string } | { kind: 'unreadable' }

const decoder = new TextDecoder('utf-8', { fatal: true })

/** What is longer is a list, which is read element by element, or nothing that an operation answers. */
const maxBytes = 2 * 1024 * 1024

/**
 * Reads what an upstream sent: strict JSON first, the narrow repair only where that fails. A short bare word
 * (`invalid-sid`) is text. Unreadable are: HTML, broken UTF-8, a truncated body, one that is nested absurdly deep, and
 * one that is too large to be parsed while others wait.
 */
export function* readBodyInSteps(bytes: Uint8Array): Steps<Body> {
  if (bytes.length > maxBytes || isMarkup(bytes)) return unreadable
  const body = decode(bytes)
  if (body === null) return unreadable
  if (/^[a-z-]{1,40}$/.test(body) && !literals.has(body)) return { kind: 'text', value: body }
  yield
  if (isTooComplex(body)) return unreadable
  yield
  const strict = tryParseWire(body)
  if (strict) return { kind: 'json', value: strict.parsed }
  yield
  const repaired = repair(body)
  yield
  const value = tryParseWire(repaired)
  return value ? { kind: 'json', value: value.parsed } : unreadable
}

/** The same for a short body. */
export const readBody = (bytes: Uint8Array): Body => runToEnd(readBodyInSteps(bytes))

const unreadable: Body = { kind: 'unreadable' }

const literals = new Set(['true', 'false', 'null'])

/** An HTML page of a proxy, or XML: no repair makes JSON of it. */
const isMarkup = (bytes: Uint8Array): boolean => {
  let at = bytes[0] === 0xef ? 3 : 0
  while (isBlank(bytes[at])) at += 1
  return bytes[at] === 0x3c
}

const decode = (bytes: Uint8Array): string | null => {
  try {
    return decoder.decode(bytes).trim()
  } catch {
    return null
  }
}
