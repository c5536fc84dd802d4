import type { Problem } from '#src/problems.ts'

/** Why the upstream was asked, in the words of RFC 9211: nothing was kept, it was too old, or the client wanted it so. */
export type MissReason = 'uri-miss' | 'stale' | 'request'

/** An answer, and how it was come by. */
export interface CacheResult<T> {
  readonly value: T
  readonly ageMs: number
  /** How long it may be used, from its question on. */
  readonly freshMs: number
  readonly source: CacheSource
}

export type CacheSource =
  | { readonly kind: 'hit' }
  /** `isCollapsed`: another request had asked the same, and both waited for one answer. */
  | { readonly kind: 'miss'; readonly reason: MissReason; readonly isCollapsed: boolean; readonly isStored: boolean }
  /** Too old, but the upstream failed, or was not asked since it fails. */
  | { readonly kind: 'stand-in'; readonly problem: Problem; readonly wasUpstreamCalled: boolean }

/** What one request wants of answers that are kept, and which it got. */
export interface RequestCache {
  /** The client wants an answer of now. */
  readonly bypassCache: boolean
  /** What was asked upstream since it began, by name: it is not asked twice for one request. Null: nothing was. */
  results: Map<string, CacheResult<unknown>> | null
  /** What its reply is made of. */
  result: CacheResult<unknown> | null
}

export const createRequestCache = (bypassCache = false): RequestCache => ({ bypassCache, results: null, result: null })
