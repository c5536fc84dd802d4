/** The interface through which upstream clients and caches report calls to metrics, logs and traces. */
import type { ProblemCode, UpstreamTrace } from './problems.ts'

/** Identifies a call by configured and fixed names, never by data of a client or an upstream. */
export interface UpstreamCall {
  readonly tenant: string
  readonly system: UpstreamTrace['system']
  readonly operation: string
  /** The class of operations that shares limits. */
  readonly class: string
  /** True if the call counts against an hourly budget. */
  readonly drawsBudget: boolean
}

/** `left`: the client disconnected; `defect`: a bug in Foyer. */
export type CallOutcome = 'ok' | 'left' | 'defect' | ProblemCode

export interface CallObserver {
  /** Reports one attempt, that is one request to the upstream. */
  onAttempt(outcome: CallOutcome, milliseconds: number): void
  /** Reports the whole call with all attempts. A call that was rejected before sending has none. */
  onEnd(outcome: CallOutcome, milliseconds: number): void
}

/** Implementations must not throw or block. */
export interface UpstreamObserver {
  begin(call: UpstreamCall): CallObserver
}

export type CacheOutcome = 'hit' | 'miss' | 'stale'

/** `cache` is the fixed name of a cache. */
export type CacheObserver = (cache: string, outcome: CacheOutcome) => void

const noop = (): void => {}

const noopCallObserver: CallObserver = { onAttempt: noop, onEnd: noop }

/** An observer that ignores all calls. */
export const noopObserver: UpstreamObserver = { begin: () => noopCallObserver }
