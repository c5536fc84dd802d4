import { AsyncLocalStorage } from 'node:async_hooks'
import type { ProblemCode } from '#src/problems.ts'
import type { CallOutcome } from '#src/upstream-observer.ts'
import type { AuthenticationFailure } from './metrics.ts'
import type { RequestSpan } from './tracing-types.ts'

export interface CallReport {
  operation: string
  outcome: CallOutcome
  milliseconds: number
  attempts: number
}

/** A request as the log, the figures and the spans will tell of it. */
export interface Trace {
  readonly span: RequestSpan | null
  /** The problem that it was answered with. */
  code: ProblemCode | null
  /** Why nobody was recognised, in one word. */
  authFailure: AuthenticationFailure | null
  /** To be called for each call upstream that draws from the hour of the client's tenant. */
  recordDraw: (() => void) | null
  /** Upstream calls that ended while it lasted, the first ones of them. */
  readonly calls: CallReport[]
  /** How many there were. */
  callCount: number
  isOver: boolean
  /** Its client left before the reply was whole. */
  isClientGone: boolean
  startCall(): void
  endCall(report: CallReport): void
  /** Milliseconds in which at least one call upstream was under way. */
  getUpstreamMs(): number
}

/** A line of a log is no list of hundreds. */
const maxCalls = 20

class RequestTrace implements Trace {
  readonly span: RequestSpan | null
  code: ProblemCode | null = null
  authFailure: AuthenticationFailure | null = null
  recordDraw: (() => void) | null = null
  readonly calls: CallReport[] = []
  callCount = 0
  isOver = false
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

  getUpstreamMs(): number {
    return this.#total + (this.#active > 0 ? performance.now() - this.#since : 0)
  }
}

export const createTrace = (span: RequestSpan | null): Trace => new RequestTrace(span)

/**
 * Whose calls are being made. Carried by the runtime: a call may begin far from the request, behind a cache or in a
 * renewal of tokens, where the caller is left out of the signatures for good reason.
 */
export const createTraceStorage = () => {
  const storage = new AsyncLocalStorage<Trace>()
  return {
    run: (trace: Trace, done: () => void): void => storage.run(trace, done),
    /** Null: nobody waits; what a request began may outlive it. */
    getCurrent: (): Trace | null => {
      const trace = storage.getStore()
      return trace && !trace.isOver ? trace : null
    },
  }
}
