import { runInBackground } from '#src/lib/background.ts'
import { getOrCreate } from '#src/lib/get-or-create.ts'
import { isProblem, type Problem } from '#src/problems.ts'
import { type BudgetAllowanceOptions, createBudgetAllowance } from './budget-allowance.ts'
import { createRejection } from './errors.ts'
import type { Guard, HourlyQuota, Release } from './types.ts'

export interface BudgetMetrics {
  /** The calls per hour that the upstream allows, and the lower limit that the gateway uses. */
  cap: number
  limit: number
  /** The calls of all replicas in this UTC hour, as far as this process knows. */
  used: number
  resetsAt: string
  blockedUntil: string | null
}

/** An idle process also restores lost ledger entries within this time. */
const refreshIntervalMs = 1_000

/** Keeps the calls of each API key within the upstream's hourly limit, across all processes that share the key. */
export const createHourlyBudget = (options: BudgetAllowanceOptions) => {
  const allowances = new Map<string, ReturnType<typeof createCountedAllowance>>()
  let refreshTimer: NodeJS.Timeout | undefined

  const refreshAll = (): void => {
    // The counter itself records failures of the ledger.
    for (const { refresh } of allowances.values()) runInBackground(refresh, () => {})
  }

  const createCountedAllowance = (apiKey: string) => {
    const allowance = createBudgetAllowance(apiKey, options)
    const release: Release = (failure) =>
      failure && isRateLimited(failure.error)
        ? allowance.block((failure.error.fields.retryAfter ?? 0) * 1000)
        : undefined
    return { ...allowance, release }
  }

  const getAllowance = ({ apiKey }: HourlyQuota) => {
    refreshTimer ??= setInterval(refreshAll, refreshIntervalMs).unref()
    return getOrCreate(allowances, apiKey, () => createCountedAllowance(apiKey))
  }

  const hourlyBudget: Guard = {
    acquire: (request) => {
      const { quota, limits, priority = limits.priority } = request
      if (!quota) return noopRelease
      const allowance = getAllowance(quota)
      const grant = (waitMs: number): Release => {
        if (waitMs === 0) return allowance.release
        throw allowance.isLedgerDown(quota, priority)
          ? createRejection(request, 'upstream-unavailable', waitMs, ledgerDownDetail)
          : createRejection(request, 'upstream-rate-limited', waitMs)
      }
      const waitMs = allowance.take(quota, priority)
      return typeof waitMs === 'number' ? grant(waitMs) : waitMs.then(grant)
    },
  }

  return {
    hourlyBudget,
    getUsed: (quota: HourlyQuota): number => getAllowance(quota).getUsed(),
    getMetrics: (quota: HourlyQuota): BudgetMetrics => getAllowance(quota).getMetrics(quota.cap),
    close: (): void => clearInterval(refreshTimer),
  }
}

const ledgerDownDetail = 'The gateway’s store is temporarily unavailable, so the gateway cannot count calls to Spacio.'

const noopRelease: Release = () => {}

const isRateLimited = (error: unknown): error is Problem => isProblem(error) && error.code === 'upstream-rate-limited'
