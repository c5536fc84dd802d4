import { faultOf } from './faults.ts'
import type { Policy } from './types.ts'

/** Bounds the whole of a call, whatever happens beneath. */
export const deadline: Policy = (next) => async (request, signal) => {
  const timeout = AbortSignal.timeout(request.limits.totalMs)
  try {
    return await Promise.race([next(request, AbortSignal.any([signal, timeout])), overrun(timeout)])
  } catch (error) {
    throw timeout.aborted ? faultOf(request, 'upstream-timeout', causeOf(error)) : error
  }
}

/** One turn later than the signal, so that those beneath may still say how far they got. */
const overrun = (timeout: AbortSignal): Promise<never> =>
  new Promise((_, reject) => {
    timeout.addEventListener('abort', () => setImmediate(reject, timeout.reason), { once: true })
  })

const causeOf = (error: unknown): unknown => (error as { fields?: { cause?: unknown } }).fields?.cause ?? error
