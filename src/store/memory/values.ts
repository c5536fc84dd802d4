import type { ValueStore } from '../store.ts'

interface Held {
  readonly value: string
  /** Infinity: never. */
  readonly expiresAt: number
}

const maximumValues = 100_000
const sweepEveryMs = 60_000

export const createMemoryValues = (now: () => number, limit = maximumValues): ValueStore => {
  /** The value that was written longest ago comes first. */
  const values = new Map<string, Held>()
  let sweptAt = Number.NEGATIVE_INFINITY

  const alive = (key: string): string | null => {
    const held = values.get(key)
    return held && held.expiresAt > now() ? held.value : null
  }

  const sweep = (): void => {
    sweptAt = now()
    for (const [key, { expiresAt }] of values) if (expiresAt <= sweptAt) values.delete(key)
  }

  /** Room is made at the cost of values that would go anyway; what was meant to last is never dropped in silence. */
  const makeRoom = (): void => {
    if (values.size >= limit || now() - sweptAt >= sweepEveryMs) sweep()
    if (values.size < limit) return
    for (const [key, { expiresAt }] of values) {
      if (expiresAt === Number.POSITIVE_INFINITY) continue
      values.delete(key)
      return
    }
    throw new Error(`the memory store is full: it holds ${limit} lasting values`)
  }

  const put = (key: string, value: string, ttlMs = Number.POSITIVE_INFINITY): void => {
    if (!values.delete(key)) makeRoom()
    values.set(key, { value, expiresAt: now() + ttlMs })
  }

  return {
    get: async (key) => alive(key),
    set: async (key, value, ttlMs) => put(key, value, ttlMs),
    setIfAbsent: async (key, value, ttlMs) => {
      if (alive(key) !== null) return false
      put(key, value, ttlMs)
      return true
    },
    extendIfEqual: async (key, value, ttlMs) => {
      if (alive(key) !== value) return false
      put(key, value, ttlMs)
      return true
    },
    deleteIfEqual: async (key, value) => alive(key) === value && values.delete(key),
    replaceIfEqual: async (key, expected, value, ttlMs) => {
      if (alive(key) !== expected) return false
      put(key, value, ttlMs)
      return true
    },
    take: async (key) => {
      const value = alive(key)
      values.delete(key)
      return value
    },
  }
}
