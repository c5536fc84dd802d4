import { faultOf } from './faults.ts'
import type { Policy } from './types.ts'

/** Bounds the whole of a call, whatever happens beneath. */
export const deadline: Policy = (next) => async (request, signal) => {
  const limit = createLimit(request.limits.totalMs)
  try {
    return await Promise.race([next(request, AbortSignal.any([signal, limit.signal])), limit.overrun])
  } catch (error) {
    throw limit.signal.aborted ? faultOf(request, 'upstream-timeout', causeOf(error)) : error
  } finally {
    limit.lift()
  }
}

/** A timer of its own: `AbortSignal.timeout` would hold each answer until the time has come, long after it was given. */
const createLimit = (milliseconds: number) => {
  const controller = new AbortController()
  const { promise: overrun, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(() => {
    controller.abort(new DOMException('The deadline has come', 'TimeoutError'))
    // One turn later than the signal, so that those beneath may still say how far they got.
    setImmediate(reject, controller.signal.reason)
  }, milliseconds)
  return { signal: controller.signal, overrun, lift: () => clearTimeout(timer) }
}

const causeOf = (error: unknown): unknown => (error as { fields?: { cause?: unknown } }).fields?.cause ?? error
