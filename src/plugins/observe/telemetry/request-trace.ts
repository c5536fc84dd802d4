import { AsyncLocalStorage } from 'node:async_hooks'
import type { ProblemCode } from '#src/problems.ts'
import type { Outcome } from '#src/upstream-observer.ts'
import type { Refusal } from './metrics.ts'
import type { RequestSpan } from './tracing.ts'

export interface CallReport {
  operation: string
  outcome: Outcome
  milliseconds: number
  attempts: number
}

/** A request as the log, the figures and the spans will tell of it. */
export interface Trace {
  readonly span: RequestSpan | null
  /** The problem that it was answered with. */
  code: ProblemCode | null
  /** Why nobody was recognised, in one word. */
  refusal: Refusal | null
  /** To be called for each call upstream that draws from the hour of the client's tenant. */
  countDraw: (() => void) | null
  /** Upstream calls that ended while it lasted, the first ones of them. */
  readonly calls: CallReport[]
  /** How many there were. */
  count: number
  isOver: boolean
  /** Its client left before the reply was whole. */
  hasLeft: boolean
  callBegins(): void
  callEnds(report: CallReport): void
  /** Milliseconds in which at least one call upstream was under way. */
  upstreamTime(): number
}

/** A line of a log is no list of hundreds. */
const mostCalls = 20

class RequestTrace implements Trace {
  readonly span: RequestSpan | null
  code: ProblemCode | null = null
  refusal: Refusal | null = null
  countDraw: (() => void) | null = null
  readonly calls: CallReport[] = []
  count = 0
  isOver = false
  hasLeft = false
  #active = 0
  #since = 0
  #total = 0

  constructor(span: RequestSpan | null) {
    this.span = span
  }

  callBegins(): void {
    if (this.#active === 0) this.#since = performance.now()
    this.#active += 1
  }

  callEnds(report: CallReport): void {
    this.#active -= 1
    if (this.#active === 0) this.#total += performance.now() - this.#since
    this.count += 1
    if (this.calls.length < mostCalls) this.calls.push(report)
  }

  upstreamTime(): number {
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
    present: (): Trace | null => {
      const trace = storage.getStore()
      return trace && !trace.isOver ? trace : null
    },
  }
}
