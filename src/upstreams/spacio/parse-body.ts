import { inspectJson } from '#src/json/inspect-json.ts'
import { isUsable, parseInspected } from '#src/json/parse-wire-json.ts'
import { isMarkup } from '#src/json/scanner.ts'
import { runToEnd, type Steps } from '../transport/slices.ts'
import { repairJson } from './json-repair.ts'

export type ReplyBody = { kind: 'json'; value: unknown } | { kind: 'text'; value: string } | { kind: 'unreadable' }

const decoder = new TextDecoder('utf-8', { fatal: true })

/** A longer body is a list, which is read in parts, or not a reply of any operation. */
const maxBodyBytes = 2 * 1024 * 1024

/**
 * Parses what an upstream sent: strictly first, and repaired if that fails. A short bare word (`invalid-sid`) is text.
 * Unreadable are HTML, invalid UTF-8, truncated bodies, and bodies that would block the event loop.
 */
export function* parseBodySteps(bytes: Buffer): Steps<ReplyBody> {
  if (bytes.length > maxBodyBytes || isMarkup(bytes)) return unreadableBody
  const traits = inspectJson(bytes)
  yield
  const body = isUsable(traits) ? decodeUtf8(bytes) : null
  if (body === null) return unreadableBody
  if (/^[a-z-]{1,40}$/.test(body) && !jsonLiterals.has(body)) return { kind: 'text', value: body }
  yield
  try {
    return { kind: 'json', value: parseInspected(body, traits) }
  } catch {
    yield
  }
  const repaired = repairJson(body)
  yield
  try {
    return { kind: 'json', value: parseInspected(repaired, traits) }
  } catch {
    return unreadableBody
  }
}

/** Does the same for a short body. */
export const parseBody = (bytes: Buffer): ReplyBody => runToEnd(parseBodySteps(bytes))

const unreadableBody: ReplyBody = { kind: 'unreadable' }

const jsonLiterals = new Set(['true', 'false', 'null'])

const decodeUtf8 = (bytes: Buffer): string | null => {
  try {
    return decoder.decode(bytes).trim()
  } catch {
    return null
  }
}
