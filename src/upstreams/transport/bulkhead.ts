import { createKeyed } from '#src/lib/keyed-state.ts'
import { faultOf, notSent, refusalOf } from './errors.ts'
import type { Gate, Leave, UpstreamRequest } from './types.ts'

export interface BulkheadFigures {
  inFlight: number
  queued: number
}

interface Room {
  inFlight: number
  /** In the order in which they came. */
  readonly waiting: Set<() => void>
  /** Of whoever was let in. */
  readonly leave: Leave
}

/** Who comes too late is likely to find room soon: what is in flight ends within seconds. */
const retryAfterMs = 1_000

/** Bounds how many calls are under way, so that one slow class starves no other. Own: cockatiel's queue ignores aborts. */
export const createBulkhead = () => {
  const roomOf = createKeyed((): Room => {
    const room: Room = { inFlight: 0, waiting: new Set(), leave: () => leave(room) }
    return room
  })

  const bulkhead: Gate = {
    enter: (request, signal) => {
      const room = roomOf(request.tenant, request.system, request.limits.name)
      if (signal.aborted) throw faultOf(request, 'upstream-failed', notSent(signal.reason))
      if (room.inFlight >= request.limits.inFlight) return wait(room, request, signal)
      room.inFlight += 1
      return room.leave
    },
  }

  const figures = (tenant: string, system: string, name: string): BulkheadFigures => {
    const { inFlight, waiting } = roomOf(tenant, system, name)
    return { inFlight, queued: waiting.size }
  }

  return { bulkhead, figures }
}

const wait = (room: Room, request: UpstreamRequest, signal: AbortSignal): Promise<Leave> => {
  if (room.waiting.size >= request.limits.queue) throw refusalOf(request, 'overloaded', retryAfterMs)
  return new Promise((resolve, reject) => {
    const end = (settle: () => void): void => {
      clearTimeout(timer)
      signal.removeEventListener('abort', giveUp)
      room.waiting.delete(admit)
      settle()
    }
    const admit = () => end(() => resolve(room.leave))
    const giveUp = () => end(() => reject(faultOf(request, 'upstream-failed', notSent(signal.reason))))
    const expire = () => end(() => reject(refusalOf(request, 'overloaded', retryAfterMs)))
    const timer = setTimeout(expire, request.limits.maxWaitMs)
    signal.addEventListener('abort', giveUp)
    room.waiting.add(admit)
  })
}

/** The place goes to who has waited longest. */
const leave = (room: Room): void => {
  const [admit] = room.waiting
  if (admit) admit()
  else room.inFlight -= 1
}
