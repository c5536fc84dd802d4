import { faultOf } from './errors.ts'
import type { Policy, UpstreamRequest } from './types.ts'

/** Bounds the whole of a call, whatever happens beneath. */
export const deadline: Policy =
  (next) =>
  <T>(request: UpstreamRequest<T>, signal: AbortSignal) =>
    new Promise<T>((resolve, reject) => {
      const fail = (error: unknown): void => {
        limit.lift()
        reject(limit.isOver() ? faultOf(request, 'upstream-timeout', causeOf(error)) : error)
      }
      const limit = createLimit(request.limits.totalMs, signal, fail)
      next(request, limit.signal).then((value) => {
        limit.lift()
        resolve(value)
      }, fail)
    })

/**
 * A signal that aborts with the caller's own, or when the time has come. A timer and a listener, both lifted at the end:
 * what the platform joins of signals would hold each answer until then, long after it was given.
 */
const createLimit = (milliseconds: number, outer: AbortSignal, overrun: (reason: unknown) => void) => {
  const controller = new AbortController()
  let isOver = false
  const timer = setTimeout(() => {
    isOver = true
    controller.abort(new DOMException('The deadline has come', 'TimeoutError'))
    // One turn later than the signal, so that those beneath may still say how far they got.
    setImmediate(overrun, controller.signal.reason)
  }, milliseconds)
  const follow = () => controller.abort(outer.reason)
  if (outer.aborted) follow()
  else outer.addEventListener('abort', follow)
  return {
    signal: controller.signal,
    isOver: () => isOver,
    lift: () => {
      clearTimeout(timer)
      outer.removeEventListener('abort', follow)
    },
  }
}

const causeOf = (error: unknown): unknown => (error as { fields?: { cause?: unknown } }).fields?.cause ?? error
