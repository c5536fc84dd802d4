import { minuteMs } from '#src/lib/units.ts'
import type { ValueStore } from '../store.ts'

interface StoredValue {
  readonly value: string
  /** Infinity for values without expiry. */
  readonly expiresAt: number
}

const maxValues = 100_000
const sweepIntervalMs = minuteMs

export const createMemoryValues = (now: () => number, limit = maxValues): ValueStore => {
  /** The least recently written value comes first. */
  const values = new Map<string, StoredValue>()
  let lastSweepAt = Number.NEGATIVE_INFINITY

  const findLive = (key: string): string | null => {
    const storedValue = values.get(key)
    return storedValue && storedValue.expiresAt > now() ? storedValue.value : null
  }

  const sweep = (): void => {
    lastSweepAt = now()
    for (const [key, { expiresAt }] of values) if (expiresAt <= lastSweepAt) values.delete(key)
  }

  /** Evicts only values with an expiry. Values without one are never dropped silently. */
  const evictForSpace = (): void => {
    if (values.size >= limit || now() - lastSweepAt >= sweepIntervalMs) sweep()
    if (values.size < limit) return
    for (const [key, { expiresAt }] of values) {
      if (expiresAt === Number.POSITIVE_INFINITY) continue
      values.delete(key)
      return
    }
    throw new Error(`the memory store is full: it holds ${limit} lasting values`)
  }

  const put = (key: string, value: string, ttlMs = Number.POSITIVE_INFINITY): void => {
    if (!values.delete(key)) evictForSpace()
    values.set(key, { value, expiresAt: now() + ttlMs })
  }

  return {
    get: async (key) => findLive(key),
    set: async (key, value, ttlMs) => put(key, value, ttlMs),
    setIfAbsent: async (key, value, ttlMs) => {
      if (findLive(key) !== null) return false
      put(key, value, ttlMs)
      return true
    },
    extendIfEqual: async (key, value, ttlMs) => {
      if (findLive(key) !== value) return false
      put(key, value, ttlMs)
      return true
    },
    deleteIfEqual: async (key, value) => findLive(key) === value && values.delete(key),
    replaceIfEqual: async (key, expected, value, ttlMs) => {
      if (findLive(key) !== expected) return false
      put(key, value, ttlMs)
      return true
    },
    take: async (key) => {
      const value = findLive(key)
      values.delete(key)
      return value
    },
  }
}
