import { grantOf } from '../counter-grant.ts'
import type { CounterStore } from '../store.ts'

interface Counter {
  readonly drawn: number
  readonly expiresAt: number
}

const maximumCounters = 10_000
const sweepEveryMs = 60_000

/** No step waits for anything, so each is indivisible. */
export const createMemoryCounters = (now: () => number, limit = maximumCounters): CounterStore => {
  const counters = new Map<string, Counter>()
  let sweptAt = Number.NEGATIVE_INFINITY

  const alive = (name: string): Counter | undefined => {
    const counter = counters.get(name)
    return counter && counter.expiresAt > now() ? counter : undefined
  }

  /** A counter that counts is never forgotten: its cap would be granted a second time. */
  const makeRoom = (): void => {
    if (counters.size < limit && now() - sweptAt < sweepEveryMs) return
    sweptAt = now()
    for (const [name, { expiresAt }] of counters) if (expiresAt <= sweptAt) counters.delete(name)
    if (counters.size >= limit) throw new Error(`the memory store is full: it holds ${limit} counters`)
  }

  return {
    draw: async (name, amount, cap, ttlMs) => {
      const counter = alive(name)
      const granted = grantOf(counter?.drawn ?? 0, amount, cap)
      if (granted === 0) return 0
      if (!counter) makeRoom()
      const { drawn, expiresAt } = counter ?? { drawn: 0, expiresAt: now() + ttlMs }
      counters.set(name, { drawn: drawn + granted, expiresAt })
      return granted
    },
    drawn: async (name) => alive(name)?.drawn ?? 0,
  }
}
