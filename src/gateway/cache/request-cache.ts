import type { Problem } from '#src/problems.ts'

/** The `fwd` values of RFC 9211 that the gateway uses. */
export type MissReason = 'uri-miss' | 'stale' | 'request'

/** A value, its age and where it came from. */
export interface CacheResult<T> {
  readonly value: T
  readonly ageMs: number
  /** How long the value is fresh, counted from the start of the upstream call. */
  readonly freshMs: number
  readonly source: CacheSource
}

type CacheSource =
  | { readonly kind: 'hit' }
  /** `isCollapsed`: the request shared the upstream call of another request. */
  | { readonly kind: 'miss'; readonly reason: MissReason; readonly isCollapsed: boolean; readonly isStored: boolean }
  /**
   * A stale value that replaces an upstream error. `wasUpstreamCalled` is false if the gateway did not send the call.
   */
  | { readonly kind: 'stale'; readonly problem: Problem; readonly wasUpstreamCalled: boolean }

/** A cached result needs no promise, and without one it costs a third less memory. `await` accepts both. */
export type MaybePromise<T> = T | Promise<T>

/** The cache state of one request. */
export interface RequestCache {
  /** The client sent `Cache-Control: no-cache`. */
  readonly bypassCache: boolean
  /** Upstream results of this request by cache key, so that it loads each only once. Null until the first load. */
  results: Map<string, CacheResult<unknown>> | null
  /** The result that the response is built from. */
  result: CacheResult<unknown> | null
}

export const createRequestCache = (bypassCache = false): RequestCache => ({ bypassCache, results: null, result: null })
