import { setTimeout as sleep } from 'node:timers/promises'
import { createKeyedState } from '#src/lib/keyed-state.ts'
import { createSlidingWindowCounter } from '#src/lib/sliding-window-counter.ts'
import { minuteMs } from '#src/lib/units.ts'
import { isProblem, type Problem } from '#src/problems.ts'
import { isFailure, isUpstreamAnswer, wasNotSent, wasTruncated } from './errors.ts'
import type { Middleware, UpstreamRequest } from './types.ts'

interface RetryOptions {
  now: () => number
  random: () => number
}

/** Spreads the retries of callers that failed together, but is short compared with a deadline. */
const maxJitterMs = 400

const budgetWindowMs = minuteMs

/** More retries would double the load of a failing upstream. */
const minRetries = 6
const maxRetryRatio = 0.1

/** Retries once if the retry is safe and likely to help. */
export const createRetry = ({ now, random }: RetryOptions): Middleware => {
  const getRetryBudget = createKeyedState(() => ({
    calls: createSlidingWindowCounter(budgetWindowMs, now),
    retries: createSlidingWindowCounter(budgetWindowMs, now),
  }))

  const takeRetry = ({ tenant, system }: UpstreamRequest): boolean => {
    const { calls, retries } = getRetryBudget(tenant, system)
    if (retries.count() + 1 > minRetries + maxRetryRatio * calls.count()) return false
    retries.add()
    return true
  }

  return (next) => async (request, signal) => {
    getRetryBudget(request.tenant, request.system).calls.add()
    try {
      return await next(request, signal)
    } catch (firstError) {
      if (signal.aborted || !isProblem(firstError) || !isRetryable(request, firstError) || !takeRetry(request))
        throw firstError
      await sleep(random() * maxJitterMs, undefined, { signal }).catch(() => {})
      if (signal.aborted) throw firstError
      const isRetry = request.isRetry === true || !wasNotSent(firstError.fields.cause)
      return next({ ...request, isRetry }, signal).catch((secondError: unknown) => {
        throw isMoreConclusive(secondError, isRetry) ? secondError : firstError
      })
    }
  }
}

/**
 * After an attempt that may have been executed, another failure reveals no outcome. A rejection by the gateway never
 * does.
 */
const isMoreConclusive = (secondError: unknown, isRetry: boolean): boolean =>
  !isProblem(secondError) || isUpstreamAnswer(secondError) || (!isRetry && isFailure(secondError))

const transientStatuses = [500, 502, 503, 504]

/** A repeated DELETE is harmless. A POST or PATCH that may have been executed must not be repeated. */
const isIdempotent = ({ writes, method }: UpstreamRequest): boolean => !writes || method === 'DELETE'

/**
 * Not after a timeout, which would take as long again, after a valid reply, or after a part of the reply was passed on.
 */
const isRetryable = (request: UpstreamRequest, { code, fields }: Problem): boolean => {
  if (request.stream?.hasEmitted()) return false
  if (wasNotSent(fields.cause)) return true
  if (!isIdempotent(request)) return false
  const status = fields.upstream?.status ?? null
  return code === 'upstream-failed' ? status === null || transientStatuses.includes(status) : wasTruncated(fields.cause)
}
