import { LRUCache } from 'lru-cache'
import { limitEntries } from '#src/lib/lru-options.ts'

/** The state of an allowance, after this request was counted. */
export interface RateLimitState {
  limit: number
  remaining: number
  /** Seconds until the window ends. */
  resetSeconds: number
  isExceeded: boolean
}

export const windowSeconds = 60

/** An evicted client's counter restarts at zero. */
const maxKeys = 50_000

/**
 * Counts requests by key in windows of one minute, each of which begins with its first request. Each process counts
 * separately, so N replicas grant N times the limit.
 */
export const createFixedWindow = (limit: number, now: () => number) => {
  const counts = new LRUCache<string, { count: number; began: number }>(limitEntries(maxKeys))
  const length = windowSeconds * 1000

  const getCurrent = (key: string) => {
    const existing = counts.get(key)
    const age = existing ? now() - existing.began : length
    // A clock that was set back must not extend a window.
    if (existing && age >= 0 && age < length) return existing
    const fresh = { count: 0, began: now() }
    counts.set(key, fresh)
    return fresh
  }

  return {
    take: (key: string): RateLimitState => {
      const window = getCurrent(key)
      window.count += 1
      return {
        limit,
        remaining: Math.max(0, limit - window.count),
        resetSeconds: Math.max(1, Math.ceil((window.began + length - now()) / 1000)),
        isExceeded: window.count > limit,
      }
    },
  }
}
