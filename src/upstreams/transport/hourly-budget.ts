import { runInBackground } from '#src/lib/background.ts'
import { isProblem, type Problem } from '#src/problems.ts'
import { type AllowanceOptions, createAllowance } from './budget-allowance.ts'
import { refusalOf } from './errors.ts'
import type { Gate, Leave, Quota } from './types.ts'

export interface BudgetFigures {
  /** Calls an hour that the upstream grants, and how many of them are made at most. */
  cap: number
  limit: number
  /** In this UTC hour, by all replicas, as far as this process knows. */
  used: number
  resetsAt: string
  blockedUntil: string | null
}

/** A process writes back within this time what the ledger has lost, though it makes no call itself. */
const refreshEveryMs = 1_000

/** Spends no more calls in an hour than the upstream grants to an API key, whoever shares the key. */
export const createHourlyBudget = (options: AllowanceOptions) => {
  const allowances = new Map<string, ReturnType<typeof counted>>()
  let refreshing: NodeJS.Timeout | undefined

  const refreshAll = (): void => {
    // A ledger that does not answer is noted by the hour itself.
    for (const { refresh } of allowances.values()) runInBackground(refresh, () => {})
  }

  const counted = (apiKey: string) => {
    const allowance = createAllowance(apiKey, options)
    const leave: Leave = (failure) =>
      failure && isRateReached(failure.error)
        ? allowance.block((failure.error.fields.retryAfter ?? 0) * 1000)
        : undefined
    return { ...allowance, leave }
  }

  const allowanceFor = ({ apiKey }: Quota) => {
    const known = allowances.get(apiKey)
    if (known) return known
    const made = counted(apiKey)
    allowances.set(apiKey, made)
    refreshing ??= setInterval(refreshAll, refreshEveryMs).unref()
    return made
  }

  const hourlyBudget: Gate = {
    enter: (request) => {
      const { quota, limits, priority = limits.priority } = request
      if (!quota) return uncounted
      const allowance = allowanceFor(quota)
      const grant = (left: number): Leave => {
        if (left === 0) return allowance.leave
        throw allowance.isLost(quota, priority)
          ? refusalOf(request, 'upstream-unavailable', left, ledgerIsLost)
          : refusalOf(request, 'upstream-rate-limited', left)
      }
      const left = allowance.take(quota, priority)
      return typeof left === 'number' ? grant(left) : left.then(grant)
    },
  }

  return {
    hourlyBudget,
    used: (quota: Quota): number => allowanceFor(quota).used(),
    figures: (quota: Quota): BudgetFigures => allowanceFor(quota).figures(quota.cap),
    close: (): void => clearInterval(refreshing),
  }
}

const ledgerIsLost = 'The gateway’s store is temporarily unavailable, so the gateway cannot count calls to Spacio.'

const uncounted: Leave = () => {}

const isRateReached = (error: unknown): error is Problem => isProblem(error) && error.code === 'upstream-rate-limited'
