import { setTimeout as sleep } from 'node:timers/promises'
import { createKeyed } from '#src/lib/keyed-state.ts'
import { createRolling } from '#src/lib/sliding-window-counter.ts'
import { isProblem, type Problem } from '#src/problems.ts'
import { isAnswer, isFailure, wasCut, wasNotSent } from './errors.ts'
import type { Policy, UpstreamRequest } from './types.ts'

export interface RetryOptions {
  now: () => number
  random: () => number
}

/** Long enough that many callers who fail together do not come back together, short beside a deadline. */
const maxJitterMs = 400

const minute = 60_000

/** More than these would double the load of an upstream that is in trouble. */
const freeRetries = 6
const retriesPerCall = 0.1

/** Sends once more, at most, where that can do no harm and may do good. */
export const createRetry = ({ now, random }: RetryOptions): Policy => {
  const budgetOf = createKeyed(() => ({ calls: createRolling(minute, now), retries: createRolling(minute, now) }))

  const isGranted = ({ tenant, system }: UpstreamRequest): boolean => {
    const { calls, retries } = budgetOf(tenant, system)
    if (retries.count() + 1 > freeRetries + retriesPerCall * calls.count()) return false
    retries.add()
    return true
  }

  return (next) => async (request, signal) => {
    budgetOf(request.tenant, request.system).calls.add()
    try {
      return await next(request, signal)
    } catch (first) {
      if (signal.aborted || !isProblem(first) || !mayRepeat(request, first) || !isGranted(request)) throw first
      await sleep(random() * maxJitterMs, undefined, { signal }).catch(() => {})
      if (signal.aborted) throw first
      const isRepeat = request.isRepeat === true || !wasNotSent(first.fields.cause)
      return next({ ...request, isRepeat }, signal).catch((second: unknown) => {
        throw tellsMore(second, isRepeat) ? second : first
      })
    }
  }
}

/** Another fault says nothing of what became of a first attempt that may have been done; a refusal of our own, nothing at all. */
const tellsMore = (second: unknown, isRepeat: boolean): boolean =>
  !isProblem(second) || isAnswer(second) || (!isRepeat && isFailure(second))

const passing = [500, 502, 503, 504]

/** A DELETE that was done is done; a POST or PATCH that may have been must not be done again. */
const isIdempotent = ({ writes, method }: UpstreamRequest): boolean => !writes || method === 'DELETE'

/** Not after a timeout, which would take as long again, nor after what a sound reply says, nor what was handed on in part. */
const mayRepeat = (request: UpstreamRequest, { code, fields }: Problem): boolean => {
  if (request.stream?.hasGiven()) return false
  if (wasNotSent(fields.cause)) return true
  if (!isIdempotent(request)) return false
  const status = fields.upstream?.status ?? null
  return code === 'upstream-failed' ? status === null || passing.includes(status) : wasCut(fields.cause)
}
