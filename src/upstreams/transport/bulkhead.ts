import { createKeyedState } from '#src/lib/keyed-state.ts'
import { createNotSentError, createRejection, createTransportProblem } from './errors.ts'
import type { Guard, Release, UpstreamRequest } from './types.ts'

export interface BulkheadMetrics {
  inFlight: number
  queued: number
}

interface BulkheadState {
  inFlight: number
  /** In the order in which they came. */
  readonly queue: Set<() => void>
  /** Of whoever was let in. */
  readonly release: Release
}

/** Who comes too late is likely to find room soon: what is in flight ends within seconds. */
const retryAfterMs = 1_000

/** Bounds how many calls are under way, so that one slow class starves no other. Own: cockatiel's queue ignores aborts. */
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

  return { bulkhead, figures: getMetrics }
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

/** The place goes to who has waited longest. */
const releaseSlot = (state: BulkheadState): void => {
  const [admit] = state.queue
  if (admit) admit()
  else state.inFlight -= 1
}
