import { isProblem, type Problem } from '#src/problems.ts'
import { type AllowanceOptions, createAllowance } from './allowance.ts'
import { refusalOf } from './faults.ts'
import type { Policy, Quota } from './types.ts'

export interface BudgetFigures {
  /** Calls an hour that the upstream grants, and how many of them are made at most. */
  cap: number
  limit: number
  /** In this UTC hour, by all replicas, as far as this process knows. */
  used: number
  resetsAt: string
  blockedUntil: string | null
}

/** Spends no more calls in an hour than the upstream grants to an API key, whoever shares the key. */
export const createHourlyBudget = (options: AllowanceOptions) => {
  const allowances = new Map<string, ReturnType<typeof createAllowance>>()

  const allowanceFor = ({ apiKey }: Quota) => {
    const allowance = allowances.get(apiKey) ?? createAllowance(apiKey, options)
    allowances.set(apiKey, allowance)
    return allowance
  }

  const hourlyBudget: Policy = (next) => async (request, signal) => {
    const { quota, limits, priority = limits.priority } = request
    if (!quota) return next(request, signal)
    const allowance = allowanceFor(quota)
    const left = await allowance.take(quota, priority)
    if (left > 0) throw refusalOf(request, 'upstream-rate-limited', left)
    try {
      return await next(request, signal)
    } catch (error) {
      if (isRateReached(error)) await allowance.block((error.fields.retryAfter ?? 0) * 1000)
      throw error
    }
  }

  return { hourlyBudget, figures: (quota: Quota): BudgetFigures => allowanceFor(quota).figures(quota.cap) }
}

const isRateReached = (error: unknown): error is Problem => isProblem(error) && error.code === 'upstream-rate-limited'
