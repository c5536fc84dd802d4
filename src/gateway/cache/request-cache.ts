import type { Problem } from '#src/problems.ts'

/** Why the upstream was asked, in the words of RFC 9211: nothing was kept, it was too old, or the client wanted it so. */
export type Reason = 'uri-miss' | 'stale' | 'request'

/** An answer, and how it was come by. */
export interface Served<T> {
  readonly value: T
  readonly ageMs: number
  /** How long it may be used, from its question on. */
  readonly freshMs: number
  readonly way: Way
}

export type Way =
  | { readonly kind: 'hit' }
  /** `isCollapsed`: another request had asked the same, and both waited for one answer. */
  | { readonly kind: 'miss'; readonly reason: Reason; readonly isCollapsed: boolean; readonly isStored: boolean }
  /** Too old, but the upstream failed, or was not asked since it fails. */
  | { readonly kind: 'stand-in'; readonly problem: Problem; readonly wasAsked: boolean }

/** What one request wants of answers that are kept, and which it got. */
export interface Reading {
  /** The client wants an answer of now. */
  readonly isForced: boolean
  /** What was asked upstream since it began, by name: it is not asked twice for one request. Null: nothing was. */
  fetched: Map<string, Served<unknown>> | null
  /** What its reply is made of. */
  served: Served<unknown> | null
}

export const createReading = (isForced = false): Reading => ({ isForced, fetched: null, served: null })
