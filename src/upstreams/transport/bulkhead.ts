import { createKeyedState } from '#src/lib/keyed-state.ts'
import { createNotSentError, createRejection, createTransportProblem } from './errors.ts'
import type { Guard, Release, UpstreamRequest } from './types.ts'

export interface BulkheadMetrics {
  inFlight: number
  queued: number
}

interface BulkheadState {
  inFlight: number
  /** In order of arrival. */
  readonly queue: Set<() => void>
  /** Frees the slot of an admitted call. */
  readonly release: Release
}

/** Slots free up within seconds. */
const retryAfterMs = 1_000

/**
 * Limits concurrent calls, so that one slow operation class does not starve the others. Not from cockatiel, whose queue
 * ignores aborts.
 */
export const createBulkhead = () => {
  const getState = createKeyedState((): BulkheadState => {
    const state: BulkheadState = { inFlight: 0, queue: new Set(), release: () => releaseSlot(state) }
    return state
  })

  const bulkhead: Guard = {
    acquire: (request, signal) => {
      const state = getState(request.tenant, request.system, request.limits.name)
      if (signal.aborted) throw createTransportProblem(request, 'upstream-failed', createNotSentError(signal.reason))
      if (state.inFlight >= request.limits.maxInFlight) return waitForSlot(state, request, signal)
      state.inFlight += 1
      return state.release
    },
  }

  const getMetrics = (tenant: string, system: string, name: string): BulkheadMetrics => {
    const { inFlight, queue } = getState(tenant, system, name)
    return { inFlight, queued: queue.size }
  }

  return { bulkhead, getMetrics }
}

const waitForSlot = (state: BulkheadState, request: UpstreamRequest, signal: AbortSignal): Promise<Release> => {
  if (state.queue.size >= request.limits.maxQueued) throw createRejection(request, 'overloaded', retryAfterMs)
  return new Promise((resolve, reject) => {
    const finish = (settle: () => void): void => {
      clearTimeout(timer)
      signal.removeEventListener('abort', abort)
      state.queue.delete(admit)
      settle()
    }
    const admit = () => finish(() => resolve(state.release))
    const abort = () =>
      finish(() => reject(createTransportProblem(request, 'upstream-failed', createNotSentError(signal.reason))))
    const timeOut = () => finish(() => reject(createRejection(request, 'overloaded', retryAfterMs)))
    const timer = setTimeout(timeOut, request.limits.maxWaitMs)
    signal.addEventListener('abort', abort)
    state.queue.add(admit)
  })
}

/** The longest-waiting call takes the slot. */
const releaseSlot = (state: BulkheadState): void => {
  const [admit] = state.queue
  if (admit) admit()
  else state.inFlight -= 1
}
