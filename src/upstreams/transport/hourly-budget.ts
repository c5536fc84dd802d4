import { runInBackground } from '#src/lib/background.ts'
import { isProblem, type Problem } from '#src/problems.ts'
import { type BudgetAllowanceOptions, createBudgetAllowance } from './budget-allowance.ts'
import { createRejection } from './errors.ts'
import type { Guard, HourlyQuota, Release } from './types.ts'

export interface BudgetMetrics {
  /** Calls an hour that the upstream grants, and how many of them are made at most. */
  cap: number
  limit: number
  /** In this UTC hour, by all replicas, as far as this process knows. */
  used: number
  resetsAt: string
  blockedUntil: string | null
}

/** A process writes back within this time what the ledger has lost, though it makes no call itself. */
const refreshIntervalMs = 1_000

/** Spends no more calls in an hour than the upstream grants to an API key, whoever shares the key. */
export const createHourlyBudget = (options: BudgetAllowanceOptions) => {
  const allowances = new Map<string, ReturnType<typeof createCountedAllowance>>()
  let refreshTimer: NodeJS.Timeout | undefined

  const refreshAll = (): void => {
    // A ledger that does not answer is noted by the hour itself.
    for (const { refresh } of allowances.values()) runInBackground(refresh, () => {})
  }

  const createCountedAllowance = (apiKey: string) => {
    const allowance = createBudgetAllowance(apiKey, options)
    const release: Release = (failure) =>
      failure && isRateLimited(failure.error)
        ? allowance.block((failure.error.fields.retryAfter ?? 0) * 1000)
        : undefined
    return { ...allowance, leave: release }
  }

  const getAllowance = ({ apiKey }: HourlyQuota) => {
    const existing = allowances.get(apiKey)
    if (existing) return existing
    const created = createCountedAllowance(apiKey)
    allowances.set(apiKey, created)
    refreshTimer ??= setInterval(refreshAll, refreshIntervalMs).unref()
    return created
  }

  const hourlyBudget: Guard = {
    acquire: (request) => {
      const { quota, limits, priority = limits.priority } = request
      if (!quota) return noopRelease
      const allowance = getAllowance(quota)
      const grant = (waitMs: number): Release => {
        if (waitMs === 0) return allowance.leave
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
    getUsed: (quota: HourlyQuota): number => getAllowance(quota).used(),
    getMetrics: (quota: HourlyQuota): BudgetMetrics => getAllowance(quota).figures(quota.cap),
    close: (): void => clearInterval(refreshTimer),
  }
}

const ledgerDownDetail = 'The gateway’s store is temporarily unavailable, so the gateway cannot count calls to Spacio.'

const noopRelease: Release = () => {}

const isRateLimited = (error: unknown): error is Problem => isProblem(error) && error.code === 'upstream-rate-limited'
