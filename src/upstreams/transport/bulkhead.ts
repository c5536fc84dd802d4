import { faultOf, notSent, refusalOf } from './faults.ts'
import { createKeyed } from './keyed.ts'
import type { Policy, UpstreamRequest } from './types.ts'

export interface BulkheadFigures {
  inFlight: number
  queued: number
}

interface Gate {
  inFlight: number
  /** In the order in which they came. */
  readonly waiting: Set<() => void>
}

/** Who comes too late is likely to find room soon: what is in flight ends within seconds. */
const retryAfterMs = 1_000

/** Bounds how many calls are under way, so that one slow class starves no other. Own: cockatiel's queue ignores aborts. */
export const createBulkhead = () => {
  const gateOf = createKeyed((): Gate => ({ inFlight: 0, waiting: new Set() }))

  const bulkhead: Policy = (next) => async (request, signal) => {
    const gate = gateOf(request.tenant, request.system, request.limits.name)
    await enter(gate, request, signal)
    try {
      return await next(request, signal)
    } finally {
      leave(gate)
    }
  }

  const figures = (tenant: string, system: string, name: string): BulkheadFigures => {
    const { inFlight, waiting } = gateOf(tenant, system, name)
    return { inFlight, queued: waiting.size }
  }

  return { bulkhead, figures }
}

const enter = async (gate: Gate, request: UpstreamRequest, signal: AbortSignal): Promise<void> => {
  if (signal.aborted) throw faultOf(request, 'upstream-failed', notSent(signal.reason))
  if (gate.inFlight < request.limits.inFlight) gate.inFlight += 1
  else if (gate.waiting.size >= request.limits.queue) throw refusalOf(request, 'overloaded', retryAfterMs)
  else await wait(gate, request, signal)
}

const wait = (gate: Gate, request: UpstreamRequest, signal: AbortSignal): Promise<void> =>
  new Promise((resolve, reject) => {
    const end = (settle: () => void): void => {
      clearTimeout(timer)
      signal.removeEventListener('abort', giveUp)
      gate.waiting.delete(admit)
      settle()
    }
    const admit = () => end(resolve)
    const giveUp = () => end(() => reject(faultOf(request, 'upstream-failed', notSent(signal.reason))))
    const expire = () => end(() => reject(refusalOf(request, 'overloaded', retryAfterMs)))
    const timer = setTimeout(expire, request.limits.maxWaitMs)
    signal.addEventListener('abort', giveUp)
    gate.waiting.add(admit)
  })

/** The place goes to who has waited longest. */
const leave = (gate: Gate): void => {
  const [admit] = gate.waiting
  if (admit) admit()
  else gate.inFlight -= 1
}
