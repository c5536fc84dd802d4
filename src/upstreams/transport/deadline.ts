import { createLinkedAbort } from '#src/lib/linked-abort.ts'
import { createTransportProblem } from './errors.ts'
import type { Middleware, UpstreamRequest } from './types.ts'

/** Limits the total duration of a call. */
export const withDeadline: Middleware =
  (next) =>
  <T>(request: UpstreamRequest<T>, signal: AbortSignal) =>
    new Promise<T>((resolve, reject) => {
      const fail = (error: unknown): void => {
        deadlineSignal.clear()
        reject(deadlineSignal.isOver() ? createTransportProblem(request, 'upstream-timeout', getCause(error)) : error)
      }
      const deadlineSignal = createDeadlineSignal(request.limits.totalTimeoutMs, signal, fail)
      next(request, deadlineSignal.signal).then((value) => {
        deadlineSignal.clear()
        resolve(value)
      }, fail)
    })

/**
 * Returns a signal that aborts with the caller's signal or after a time. `AbortSignal.timeout` would retain each reply
 * until the timeout.
 */
const createDeadlineSignal = (milliseconds: number, outer: AbortSignal, onExpire: (reason: unknown) => void) => {
  const { signal, abort, unlink } = createLinkedAbort(outer)
  let isExpired = false
  const timer = setTimeout(() => {
    isExpired = true
    abort(new DOMException('The deadline has come', 'TimeoutError'))
    // One turn after the signal, so that inner middlewares can report how far they got.
    setImmediate(onExpire, signal.reason)
  }, milliseconds)
  return {
    signal,
    isOver: () => isExpired,
    clear: () => {
      clearTimeout(timer)
      unlink()
    },
  }
}

const getCause = (error: unknown): unknown => (error as { fields?: { cause?: unknown } }).fields?.cause ?? error
