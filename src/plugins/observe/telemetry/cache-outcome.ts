import type { Call } from '#src/gateway/request-context.ts'
import type { CacheOutcome } from '#src/upstream-observer.ts'

/** What the reply to a call is made of; null: nothing of it is ever kept. */
export const cacheOutcomeOf = (call: Call | undefined): CacheOutcome | null => {
  const kind = call?.reading.served?.way.kind
  if (!kind) return null
  return kind === 'stand-in' ? 'stale' : kind
}
