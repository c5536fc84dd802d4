import type { BudgetLedger } from './budget-ledger.ts'
import { getCallLimit, getOfflineAllowance, hourMs } from './budget-shares.ts'
import type { HourClockOptions } from './hour-clock.ts'
import { createHourlyCounter, type HourState } from './hourly-counter.ts'
import type { HourlyQuota, Priority } from './types.ts'

export interface BudgetAllowanceOptions extends HourClockOptions {
  ledger: BudgetLedger
  maxReplicas: number | null
  /** When the process was started, on the monotonic clock. */
  startedAt: number
}

/** A refusal that comes of a lost ledger may be over soon. */
const ledgerRetryMs = 5_000

/** What one API key may still spend in this hour. */
export const createBudgetAllowance = (apiKey: string, options: BudgetAllowanceOptions) => {
  const { ledger, maxReplicas, now, monotonic, startedAt } = options
  const hourlyCounter = createHourlyCounter(apiKey, ledger, options)

  /** What nobody draws is for single reads and tokens alone. */
  const takeWithoutLedger = (state: HourState, cap: number, priority: Priority): boolean => {
    const uptimeMs = Math.min(now() % hourMs, monotonic() - startedAt)
    if (priority !== 'read' || state.offlineCalls >= getOfflineAllowance(cap, maxReplicas, uptimeMs)) return false
    state.offlineCalls += 1
    state.unchargedCalls += 1
    return true
  }

  /** As `take`, from what is known by now; otherwise it asks the ledger, after which it is to be tried again. */
  const tryToTake = (cap: number, priority: Priority): number | Promise<void> => {
    const limit = getCallLimit(cap, priority)
    const blockRemainingMs = hourlyCounter.blockLeft()
    if (blockRemainingMs > 0) return blockRemainingMs
    const state = hourlyCounter.present()
    // What is held was granted within the limit of single reads: for them later charges do not take it back.
    const hasLeasedCall = state.leasedCalls > 0 && (priority === 'read' || state.drawnCalls <= limit)
    if (hasLeasedCall && (hourlyCounter.isFresh() || hourlyCounter.isLedgerDown())) {
      state.leasedCalls -= 1
      return 0
    }
    if (!hasLeasedCall && state.drawnCalls >= limit) return hourlyCounter.left()
    if (hourlyCounter.isLedgerDown())
      return takeWithoutLedger(state, cap, priority) ? 0 : Math.min(ledgerRetryMs, hourlyCounter.left())
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
   * Takes one call. Answers 0, or how many milliseconds have to pass before it is worth asking again; later only where
   * the ledger has to be asked.
   */
  const take = ({ cap }: HourlyQuota, priority: Priority): number | Promise<number> => {
    const result = tryToTake(cap, priority)
    return typeof result === 'number' ? result : takeAfterLedger(result, cap, priority)
  }

  const getUsed = (): number => {
    const { drawnCalls, leasedCalls, unchargedCalls } = hourlyCounter.present()
    return Math.max(0, drawnCalls - leasedCalls) + unchargedCalls
  }

  const getMetrics = (cap: number) => {
    const toTimestamp = (delayMs: number) => new Date(now() + delayMs).toISOString()
    return {
      cap: Math.floor(cap),
      limit: getCallLimit(cap, 'read'),
      used: getUsed(),
      resetsAt: toTimestamp(hourlyCounter.left()),
      blockedUntil: hourlyCounter.blockLeft() > 0 ? toTimestamp(hourlyCounter.blockLeft()) : null,
    }
  }

  return {
    take,
    /** Whether a call was refused because the ledger does not answer, and not because the hour is spent. */
    isLedgerDown: ({ cap }: HourlyQuota, priority: Priority): boolean =>
      hourlyCounter.isLedgerDown() &&
      hourlyCounter.blockLeft() === 0 &&
      hourlyCounter.present().drawnCalls < getCallLimit(cap, priority),
    /** The upstream counts otherwise than we: it takes no call before then, from no replica. */
    block: hourlyCounter.block,
    /** Reads what the other replicas have drawn, and writes back what the ledger has lost. */
    refresh: async (): Promise<void> => {
      if (hourlyCounter.present().drawnCalls > 0 || hourlyCounter.blockLeft() > 0) await hourlyCounter.refresh()
    },
    used: getUsed,
    figures: getMetrics,
  }
}
