import type { RequestContext } from '#src/gateway/request-context.ts'
import type { CacheOutcome } from '#src/upstream-observer.ts'

/** What the reply to a call is made of; null: nothing of it is ever kept. */
export const getCacheOutcome = (call: RequestContext | undefined): CacheOutcome | null => {
  const kind = call?.requestCache.result?.source.kind
  if (!kind) return null
  return kind === 'stand-in' ? 'stale' : kind
}
