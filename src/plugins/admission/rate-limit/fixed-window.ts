import { LRUCache } from 'lru-cache'

/** What is left of an allowance, this request already counted. */
export interface RateLimitState {
  limit: number
  remaining: number
  /** Seconds until it is whole again. */
  resetSeconds: number
  isExceeded: boolean
}

export const windowSeconds = 60

/** Whoever is pushed out by others begins anew. */
const maxKeys = 50_000

/** A cache of so many entries, rather than of this size, would set aside the place of all of them when it is made. */
const sizeCalculation = () => 1

/**
 * Counts by key within a minute that begins with the first request: exact, and all a client needs to know fits into
 * two numbers. The counts are this process's own: of N replicas each grants the whole limit.
 */
export const createFixedWindow = (limit: number, now: () => number) => {
  const counts = new LRUCache<string, { count: number; began: number }>({ maxSize: maxKeys, sizeCalculation })
  const length = windowSeconds * 1000

  const getCurrent = (key: string) => {
    const existing = counts.get(key)
    const age = existing ? now() - existing.began : length
    // A clock that was put back must not lock anybody out.
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
