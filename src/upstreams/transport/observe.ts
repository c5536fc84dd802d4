import { isProblem } from '#src/problems.ts'
import type { Outcome, UpstreamObserver } from '#src/upstream-observer.ts'
import { hasLeft } from './errors.ts'
import type { Gate, Policy } from './types.ts'

/** Tells an observer of each call, outermost, and of each attempt, innermost. */
export const createObservation = (observer: UpstreamObserver): { observeCall: Policy; observeAttempt: Gate } => ({
  observeCall: (next) => async (request, signal) => {
    const { tenant, system, operation, limits, quota, priority = limits.priority } = request
    const isDrawn = quota !== undefined && priority !== 'background'
    const seen = observer.begin({ tenant, system, operation, class: limits.name, isDrawn })
    const tell = telling(seen.ended, signal)
    try {
      const value = await next({ ...request, seen }, signal)
      tell(null)
      return value
    } catch (error) {
      tell({ error })
      throw error
    }
  },
  observeAttempt: {
    enter: ({ seen }, signal) => (seen ? telling(seen.attempted, signal) : untold),
  },
})

const untold = (): void => {}

const telling = (tell: (outcome: Outcome, milliseconds: number) => void, signal: AbortSignal) => {
  const began = performance.now()
  return (failure: { readonly error: unknown } | null): void => {
    tell(failure ? outcomeOf(failure.error, signal) : 'ok', performance.now() - began)
  }
}

const outcomeOf = (error: unknown, signal: AbortSignal): Outcome => {
  if (hasLeft(signal)) return 'left'
  return isProblem(error) ? error.code : 'defect'
}
