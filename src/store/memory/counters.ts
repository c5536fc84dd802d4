import { minuteMs } from '#src/lib/units.ts'
import { computeGrant } from '../counter-grant.ts'
import type { CounterStore } from '../store.ts'

interface Counter {
  readonly drawn: number
  readonly expiresAt: number
}

const maxCounters = 10_000
const sweepIntervalMs = minuteMs

/** Every step is synchronous and therefore atomic. */
export const createMemoryCounters = (now: () => number, limit = maxCounters): CounterStore => {
  const counters = new Map<string, Counter>()
  let lastSweepAt = Number.NEGATIVE_INFINITY

  const findLive = (name: string): Counter | undefined => {
    const counter = counters.get(name)
    return counter && counter.expiresAt > now() ? counter : undefined
  }

  /** Counters that are still valid are never evicted, because their cap would be granted twice. */
  const evictExpired = (): void => {
    if (counters.size < limit && now() - lastSweepAt < sweepIntervalMs) return
    lastSweepAt = now()
    for (const [name, { expiresAt }] of counters) if (expiresAt <= lastSweepAt) counters.delete(name)
    if (counters.size >= limit) throw new Error(`the memory store is full: it holds ${limit} counters`)
  }

  return {
    draw: async (name, amount, cap, ttlMs) => {
      const counter = findLive(name)
      const granted = computeGrant(counter?.drawn ?? 0, amount, cap)
      if (granted === 0) return 0
      if (!counter) evictExpired()
      const { drawn, expiresAt } = counter ?? { drawn: 0, expiresAt: now() + ttlMs }
      counters.set(name, { drawn: drawn + granted, expiresAt })
      return granted
    },
    getDrawn: async (name) => findLive(name)?.drawn ?? 0,
  }
}
