import { isProblem } from '#src/problems.ts'
import type { CallOutcome, UpstreamObserver } from '#src/upstream-observer.ts'
import { isClientGone } from './errors.ts'
import type { Guard, Middleware } from './types.ts'

/** Reports each call (outermost) and each attempt (innermost) to an observer. */
export const createCallObservation = (
  observer: UpstreamObserver,
): { observeCall: Middleware; observeAttempt: Guard } => ({
  observeCall: (next) => async (request, signal) => {
    const { tenant, system, operation, limits, quota, priority = limits.priority } = request
    const drawsBudget = quota !== undefined && priority !== 'background'
    const callObserver = observer.begin({ tenant, system, operation, class: limits.name, drawsBudget })
    const report = createReporter(callObserver.onEnd, signal)
    try {
      const value = await next({ ...request, callObserver }, signal)
      report(null)
      return value
    } catch (error) {
      report({ error })
      throw error
    }
  },
  observeAttempt: {
    acquire: ({ callObserver }, signal) => (callObserver ? createReporter(callObserver.onAttempt, signal) : noop),
  },
})

const noop = (): void => {}

const createReporter = (report: (outcome: CallOutcome, milliseconds: number) => void, signal: AbortSignal) => {
  const startedAtMs = performance.now()
  return (failure: { readonly error: unknown } | null): void => {
    report(failure ? toCallOutcome(failure.error, signal) : 'ok', performance.now() - startedAtMs)
  }
}

const toCallOutcome = (error: unknown, signal: AbortSignal): CallOutcome => {
  if (isClientGone(signal)) return 'left'
  return isProblem(error) ? error.code : 'defect'
}
