import { tryParseWire } from '#src/mapping/wire-json.ts'
import { endOfString, repair } from './repair.ts'

export type Body = { kind: 'json'; value: unknown } | { kind: 'text'; value: string } | { kind: 'unreadable' }

const decoder = new TextDecoder('utf-8', { fatal: true })

/**
 * Reads what an upstream sent: strict JSON first, the narrow repair only where that fails.
 * A short bare word (`invalid-sid`) is text; an HTML page, which no repair makes JSON of, broken UTF-8, a truncated body
 * and one that is nested absurdly deep are unreadable.
 */
export const readBody = (bytes: Uint8Array): Body => {
  const body = decode(bytes)
  if (body === null) return { kind: 'unreadable' }
  if (/^[a-z-]{1,40}$/.test(body) && !literals.has(body)) return { kind: 'text', value: body }
  if (isTooDeep(body)) return { kind: 'unreadable' }
  const value = tryParseWire(body) ?? tryParseWire(repair(body))
  return value ? { kind: 'json', value: value.parsed } : { kind: 'unreadable' }
}

const literals = new Set(['true', 'false', 'null'])

const decode = (bytes: Uint8Array): string | null => {
  try {
    return decoder.decode(bytes).trim()
  } catch {
    return null
  }
}

/** The vendor's records are six levels deep. Whatever is written out again later costs stack with each level. */
const maxDepth = 64

const isTooDeep = (body: string): boolean => {
  let depth = 0
  for (let at = 0; at < body.length && depth <= maxDepth; at += 1) {
    const sign = body.charAt(at)
    if (sign === '"') at = endOfString(body, at) - 1
    else if (sign === '{' || sign === '[') depth += 1
    else if (sign === '}' || sign === ']') depth -= 1
  }
  return depth > maxDepth
}
