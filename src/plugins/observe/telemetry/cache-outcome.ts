import type { RequestContext } from '#src/gateway/request-context.ts'
import type { CacheOutcome } from '#src/upstream-observer.ts'

/** How the cache served a request; null if the response contains no cacheable result. */
export const getCacheOutcome = (call: RequestContext | undefined): CacheOutcome | null =>
  call?.requestCache.result?.source.kind ?? null
