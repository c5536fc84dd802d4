import { isProblem } from '#src/problems.ts'
import type { Outcome, UpstreamObserver } from '#src/telemetry.ts'
import { hasLeft } from './faults.ts'
import type { Policy } from './types.ts'

/** Tells an observer of each call, outermost, and of each attempt, innermost. */
export const createObservation = (observer: UpstreamObserver): { observeCall: Policy; observeAttempt: Policy } => ({
  observeCall: (next) => async (request, signal) => {
    const { tenant, system, operation, limits } = request
    const seen = observer.begin({ tenant, system, operation, class: limits.name })
    return told(seen.ended, signal, () => next({ ...request, seen }, signal))
  },
  observeAttempt: (next) => async (request, signal) =>
    request.seen ? told(request.seen.attempted, signal, () => next(request, signal)) : next(request, signal),
})

const told = async <T>(
  tell: (outcome: Outcome, milliseconds: number) => void,
  signal: AbortSignal,
  run: () => Promise<T>,
): Promise<T> => {
  const began = performance.now()
  try {
    const value = await run()
    tell('ok', performance.now() - began)
    return value
  } catch (error) {
    tell(outcomeOf(error, signal), performance.now() - began)
    throw error
  }
}

const outcomeOf = (error: unknown, signal: AbortSignal): Outcome => {
  if (hasLeft(signal)) return 'left'
  return isProblem(error) ? error.code : 'defect'
}
