import { createHash } from 'node:crypto'

/** The key that a header holds: bare, or as a quoted string, which is how the IETF's draft has it. */
export const parseIdempotencyKey = (header: string): string =>
  header.startsWith('"') ? header.slice(1, -1).replace(/\\(["\\])/g, '$1') : header

export const digestText = (text: string): string => createHash('sha256').update(text).digest('base64url')

/** The same for every request that asks for the same: the order of names says nothing. */
export const createFingerprint = (request: unknown): string =>
  digestText(
    JSON.stringify(request, (_name, each: unknown) =>
      typeof each === 'object' && each !== null && !Array.isArray(each)
        ? Object.fromEntries(Object.entries(each).sort(([a], [b]) => (a < b ? -1 : 1)))
        : each,
    ),
  )
