import { LRUCache } from 'lru-cache'
import type { Allowance } from './ratelimit-headers.ts'

export interface HourlyUsage {
  /** Calls per hour that the gateway may make for the tenant. */
  limit: number
  used: number
}

const hourSeconds = 3600

/** An evicted client's counter restarts at zero. */
const maxClients = 50_000

/**
 * Counts each client's upstream calls against its tenant's hourly budget, and limits them to a share. Each process
 * counts separately.
 */
export const createBudgetShare = (share: number, now: () => number) => {
  const draws = new LRUCache<string, { hour: number; count: number }>({
    maxSize: maxClients,
    sizeCalculation: () => 1,
  })

  const getHour = (): number => Math.floor(now() / (hourSeconds * 1000))

  const countDraws = (client: string): number => {
    const entry = draws.get(client)
    return entry?.hour === getHour() ? entry.count : 0
  }

  return {
    record: (client: string): void => {
      draws.set(client, { hour: getHour(), count: countDraws(client) + 1 })
    },
    /** Returns the client's allowance in this hour: a share of what the other clients have left. */
    read: (client: string, { limit, used }: HourlyUsage): Allowance => {
      const drawCount = countDraws(client)
      const maxDraws = Math.ceil(Math.max(0, limit - Math.max(0, used - drawCount)) * share)
      const resetSeconds = Math.ceil(hourSeconds - ((now() / 1000) % hourSeconds))
      return {
        name: 'spacio-client',
        limit: maxDraws,
        windowSeconds: hourSeconds,
        remaining: Math.max(0, maxDraws - drawCount),
        resetSeconds,
      }
    },
  }
}
