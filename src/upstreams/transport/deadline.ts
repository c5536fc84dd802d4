import { faultOf } from './faults.ts'
import type { Policy } from './types.ts'

/** Bounds the whole of a call, whatever happens beneath. */
export const deadline: Policy = (next) => async (request, signal) => {
  const timeout = AbortSignal.timeout(request.limits.totalMs)
  try {
    return await next(request, AbortSignal.any([signal, timeout]))
  } catch (error) {
    throw timeout.aborted ? faultOf(request, 'upstream-timeout', error) : error
  }
}
