import { LRUCache } from 'lru-cache'
import { networkOf } from '../rate-limit/client-network.ts'

/** Counts wrong credentials by address. */
export interface Failures {
  /** Null: within bounds. Else the seconds until the address may be wrong again. */
  note(address: string): number | null
}

const perMinute = 30

const minute = 60_000

export const createFailures = (now: () => number): Failures => {
  const counts = new LRUCache<string, { count: number; until: number }>({ maxSize: 10_000, sizeCalculation: () => 1 })
  return {
    note: (address) => {
      const network = networkOf(address)
      const known = counts.get(network)
      const entry = known && known.until > now() ? known : { count: 0, until: now() + minute }
      entry.count += 1
      counts.set(network, entry)
      return entry.count > perMinute ? Math.max(1, Math.ceil((entry.until - now()) / 1000)) : null
    },
  }
}
