import { LRUCache } from 'lru-cache'
import { toClientNetwork } from '../rate-limit/client-network.ts'

/** Counts wrong credentials per client network. */
export interface FailedAttempts {
  /** Counts one failure. Returns null within the limit, otherwise the seconds until the network may try again. */
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
