import { hourMs, toTimestamp } from '#src/lib/units.ts'
import type { BudgetLedger } from './budget-ledger.ts'
import { getCallLimit, getOfflineAllowance } from './budget-shares.ts'
import type { HourClockOptions } from './hour-clock.ts'
import { createHourlyCounter, type HourState } from './hourly-counter.ts'
import type { HourlyQuota, Priority } from './types.ts'

export interface BudgetAllowanceOptions extends HourClockOptions {
  ledger: BudgetLedger
  maxReplicas: number | null
  /** The start time of the process, on the monotonic clock. */
  startedAt: number
}

/** The ledger may recover soon. */
const ledgerRetryMs = 5_000

/** The calls that one API key may still make in this hour. */
export const createBudgetAllowance = (apiKey: string, options: BudgetAllowanceOptions) => {
  const { ledger, maxReplicas, now, monotonic, startedAt } = options
  const hourlyCounter = createHourlyCounter(apiKey, ledger, options)

  /** The last 5 % of the cap are never drawn. Without the ledger, they serve interactive reads only. */
  const takeWithoutLedger = (state: HourState, cap: number, priority: Priority): boolean => {
    const uptimeMs = Math.min(now() % hourMs, monotonic() - startedAt)
    if (priority !== 'read' || state.offlineCalls >= getOfflineAllowance(cap, maxReplicas, uptimeMs)) return false
    state.offlineCalls += 1
    state.unchargedCalls += 1
    return true
  }

  /**
   * As `take`, but with local knowledge. If that is not enough, it returns a promise of a ledger update; try again
   * after it.
   */
  const tryToTake = (cap: number, priority: Priority): number | Promise<void> => {
    const limit = getCallLimit(cap, priority)
    const blockRemainingMs = hourlyCounter.getBlockRemainingMs()
    if (blockRemainingMs > 0) return blockRemainingMs
    const state = hourlyCounter.getCurrent()
    // Leased calls were granted within the limit of reads, so later charges do not revoke them for reads.
    const hasLeasedCall = state.leasedCalls > 0 && (priority === 'read' || state.drawnCalls <= limit)
    if (hasLeasedCall && (hourlyCounter.isFresh() || hourlyCounter.isLedgerDown())) {
      state.leasedCalls -= 1
      return 0
    }
    if (!hasLeasedCall && state.drawnCalls >= limit) return hourlyCounter.getHourRemainingMs()
    if (hourlyCounter.isLedgerDown())
      return takeWithoutLedger(state, cap, priority) ? 0 : Math.min(ledgerRetryMs, hourlyCounter.getHourRemainingMs())
    return hasLeasedCall ? hourlyCounter.refresh() : hourlyCounter.lease(cap, limit)
  }

  const takeAfterLedger = async (ledgerUpdate: Promise<void>, cap: number, priority: Priority): Promise<number> => {
    let result: number | Promise<void> = ledgerUpdate
    while (typeof result !== 'number') {
      await result
      result = tryToTake(cap, priority)
    }
    return result
  }

  /**
   * Takes one call. Returns 0, or the milliseconds after which a retry makes sense. It returns a promise only if it has
   * to ask the ledger.
   */
  const take = ({ cap }: HourlyQuota, priority: Priority): number | Promise<number> => {
    const result = tryToTake(cap, priority)
    return typeof result === 'number' ? result : takeAfterLedger(result, cap, priority)
  }

  const getUsed = (): number => {
    const { drawnCalls, leasedCalls, unchargedCalls } = hourlyCounter.getCurrent()
    return Math.max(0, drawnCalls - leasedCalls) + unchargedCalls
  }

  const getMetrics = (cap: number) => {
    const getTimeAfter = (delayMs: number) => toTimestamp(now() + delayMs)
    return {
      cap: Math.floor(cap),
      limit: getCallLimit(cap, 'read'),
      used: getUsed(),
      resetsAt: getTimeAfter(hourlyCounter.getHourRemainingMs()),
      blockedUntil: hourlyCounter.getBlockRemainingMs() > 0 ? getTimeAfter(hourlyCounter.getBlockRemainingMs()) : null,
    }
  }

  return {
    take,
    /** True if the ledger's failure caused the rejection, and not a spent budget. */
    isLedgerDown: ({ cap }: HourlyQuota, priority: Priority): boolean =>
      hourlyCounter.isLedgerDown() &&
      hourlyCounter.getBlockRemainingMs() === 0 &&
      hourlyCounter.getCurrent().drawnCalls < getCallLimit(cap, priority),
    /** The upstream's own count is higher: no replica may call it before this time. */
    block: hourlyCounter.block,
    /** Reads the draws of other replicas, and restores what the ledger has lost. */
    refresh: async (): Promise<void> => {
      if (hourlyCounter.getCurrent().drawnCalls > 0 || hourlyCounter.getBlockRemainingMs() > 0)
        await hourlyCounter.refresh()
    },
    getUsed,
    getMetrics,
  }
}
