import { createKeyedState } from '#src/lib/keyed-state.ts'
import { waitForFirst } from '#src/lib/wait-for-first.ts'
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

const waitForSlot = async (state: BulkheadState, request: UpstreamRequest, signal: AbortSignal): Promise<Release> => {
  const { maxQueued, maxWaitMs } = request.limits
  if (state.queue.size >= maxQueued) throw createRejection(request, 'overloaded', retryAfterMs)
  const release = await waitForFirst<Release>(maxWaitMs, signal, (provide) => {
    const admit = () => provide(state.release)
    state.queue.add(admit)
    return () => state.queue.delete(admit)
  })
  if (release === 'timeout') throw createRejection(request, 'overloaded', retryAfterMs)
  if (release !== 'aborted') return release
  throw createTransportProblem(request, 'upstream-failed', createNotSentError(signal.reason))
}

/** The longest-waiting call takes the slot. */
const releaseSlot = (state: BulkheadState): void => {
  const [admit] = state.queue
  if (admit) admit()
  else state.inFlight -= 1
}
