import { AsyncLocalStorage } from 'node:async_hooks'
import type { ProblemCode } from '#src/problems.ts'
import type { Outcome } from '#src/telemetry.ts'
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

export const createTrace = (span: RequestSpan | null): Trace => {
  let active = 0
  let since = 0
  let total = 0
  const trace: Trace = {
    span,
    code: null,
    calls: [],
    count: 0,
    isOver: false,
    hasLeft: false,
    callBegins: () => {
      if (active === 0) since = performance.now()
      active += 1
    },
    callEnds: (report) => {
      active -= 1
      if (active === 0) total += performance.now() - since
      trace.count += 1
      if (trace.calls.length < mostCalls) trace.calls.push(report)
    },
    upstreamTime: () => total + (active > 0 ? performance.now() - since : 0),
  }
  return trace
}

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
