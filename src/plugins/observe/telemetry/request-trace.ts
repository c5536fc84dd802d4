import { AsyncLocalStorage } from 'node:async_hooks'
import type { ProblemCode } from '#src/problems.ts'
import type { CallOutcome } from '#src/upstream-observer.ts'
import type { AuthenticationFailure } from './metrics.ts'
import type { RequestSpan } from './tracing-types.ts'

interface CallReport {
  operation: string
  outcome: CallOutcome
  milliseconds: number
  attempts: number
}

/** Keeps log lines short. */
const maxCalls = 20

/** The data of a request for the log, the metrics and the spans. */
export class Trace {
  readonly span: RequestSpan | null
  /** Code of the problem in the response. */
  code: ProblemCode | null = null
  /** Reason for the failed authentication. */
  authFailure: AuthenticationFailure | null = null
  /** Counts an upstream call against the client's share of the hourly budget. */
  recordDraw: (() => void) | null = null
  /** The first `maxCalls` upstream calls that ended during the request. */
  readonly calls: CallReport[] = []
  /** Number of all upstream calls that ended during the request. */
  callCount = 0
  isOver = false
  /** The client disconnected before the response was complete. */
  isClientGone = false
  #active = 0
  #since = 0
  #total = 0

  constructor(span: RequestSpan | null) {
    this.span = span
  }

  startCall(): void {
    if (this.#active === 0) this.#since = performance.now()
    this.#active += 1
  }

  endCall(report: CallReport): void {
    this.#active -= 1
    if (this.#active === 0) this.#total += performance.now() - this.#since
    this.callCount += 1
    if (this.calls.length < maxCalls) this.calls.push(report)
  }

  /** Returns the milliseconds in which at least one upstream call was in progress. */
  getUpstreamMs(): number {
    return this.#total + (this.#active > 0 ? performance.now() - this.#since : 0)
  }
}

/**
 * Stores the trace of the current request in `AsyncLocalStorage`. Caches and token renewal start upstream calls without
 * knowing the caller, so a parameter could not carry the trace.
 */
export const createTraceStorage = () => {
  const storage = new AsyncLocalStorage<Trace>()
  return {
    run: (trace: Trace, done: () => void): void => storage.run(trace, done),
    /** Returns null without a current request. Work may continue after its request has ended. */
    getCurrent: (): Trace | null => {
      const trace = storage.getStore()
      return trace && !trace.isOver ? trace : null
    },
  }
}
