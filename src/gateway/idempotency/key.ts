import { hash } from 'node:crypto'

/** Accepts a bare token, and a quoted string as in the IETF draft of `Idempotency-Key`. */
export const parseIdempotencyKey = (header: string): string =>
  header.startsWith('"') ? header.slice(1, -1).replace(/\\(["\\])/g, '$1') : header

export const digestText = (text: string): string => hash('sha256', text, 'base64url')

/** Equal requests have equal fingerprints, regardless of the order of their keys. */
export const createFingerprint = (request: unknown): string =>
  digestText(
    JSON.stringify(request, (_name, each: unknown) =>
      typeof each === 'object' && each !== null && !Array.isArray(each)
        ? Object.fromEntries(Object.entries(each).sort(([a], [b]) => (a < b ? -1 : 1)))
        : each,
    ),
  )
