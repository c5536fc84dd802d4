import { LRUCache } from 'lru-cache'
import { toClientNetwork } from '../rate-limit/client-network.ts'

/** Counts wrong credentials by address. */
export interface FailedAttempts {
  /** Null: within bounds. Else the seconds until the address may be wrong again. */
  record(address: string): number | null
}

const maxFailuresPerMinute = 30

const minuteMs = 60_000

export const createFailedAttempts = (now: () => number): FailedAttempts => {
  const counts = new LRUCache<string, { count: number; until: number }>({ maxSize: 10_000, sizeCalculation: () => 1 })
  return {
    record: (address) => {
      const network = toClientNetwork(address)
      const previous = counts.get(network)
      const entry = previous && previous.until > now() ? previous : { count: 0, until: now() + minuteMs }
      entry.count += 1
      counts.set(network, entry)
      return entry.count > maxFailuresPerMinute ? Math.max(1, Math.ceil((entry.until - now()) / 1000)) : null
    },
  }
}
