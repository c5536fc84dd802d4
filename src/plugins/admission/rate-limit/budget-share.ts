import { LRUCache } from 'lru-cache'
import { limitEntries } from '#src/lib/lru-options.ts'
import { getHourRemainingMs, hourMs, hourSeconds } from '#src/lib/units.ts'
import type { Allowance } from './ratelimit-headers.ts'

interface BudgetUsage {
  /** Calls per hour that the gateway may make for the tenant. */
  limit: number
  used: number
}

/** An evicted client's counter restarts at zero. */
const maxClients = 50_000

/**
 * Counts each client's upstream calls against its tenant's hourly budget, and limits them to a share. Each process
 * counts separately.
 */
export const createBudgetShare = (share: number, now: () => number) => {
  const callsByClient = new LRUCache<string, { hour: number; count: number }>(limitEntries(maxClients))

  const getHour = (): number => Math.floor(now() / hourMs)

  const countCalls = (client: string): number => {
    const entry = callsByClient.get(client)
    return entry?.hour === getHour() ? entry.count : 0
  }

  return {
    record: (client: string): void => {
      callsByClient.set(client, { hour: getHour(), count: countCalls(client) + 1 })
    },
    /** Returns the client's allowance in this hour: a share of what the other clients have left. */
    read: (client: string, { limit, used }: BudgetUsage): Allowance => {
      const callCount = countCalls(client)
      const maxCalls = Math.ceil(Math.max(0, limit - Math.max(0, used - callCount)) * share)
      return {
        name: 'spacio-client',
        limit: maxCalls,
        windowSeconds: hourSeconds,
        remaining: Math.max(0, maxCalls - callCount),
        resetSeconds: Math.ceil(getHourRemainingMs(now()) / 1000),
      }
    },
  }
}
