import { repair } from './repair.ts'

export type Body = { kind: 'json'; value: unknown } | { kind: 'text'; value: string } | { kind: 'unreadable' }

const decoder = new TextDecoder('utf-8', { fatal: true })

/**
 * Reads what an upstream sent: strict JSON first, the narrow repair only where that fails.
 * A short bare word (`invalid-sid`) is text; an HTML page, broken UTF-8 and a truncated body are unreadable.
 */
export const readBody = (bytes: Uint8Array): Body => {
  const body = decode(bytes)
  if (body === null || body.startsWith('<')) return { kind: 'unreadable' }
  if (/^[a-z-]{1,40}$/.test(body) && !literals.has(body)) return { kind: 'text', value: body }
  const value = parse(body) ?? parse(repair(body))
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

const parse = (body: string): { parsed: unknown } | null => {
  try {
    return { parsed: JSON.parse(body) }
  } catch {
    return null
  }
}
