/** What is told of the calls upstream, by whoever makes them, to whoever counts, logs and traces them. */
import type { ProblemCode, UpstreamTrace } from './problems.ts'

/** Words of the operator's and of ours: nothing that a client or an upstream said. */
export interface UpstreamCall {
  readonly tenant: string
  readonly system: UpstreamTrace['system']
  readonly operation: string
  /** The class of operations that shares limits. */
  readonly class: string
  /** It draws from an hourly budget, on behalf of the client that asks. */
  readonly drawsBudget: boolean
}

/** `left`: the client did not wait; `defect`: an error of ours. */
export type CallOutcome = 'ok' | 'left' | 'defect' | ProblemCode

export interface CallObserver {
  /** Something was sent, and this came of it. */
  onAttempt(outcome: CallOutcome, milliseconds: number): void
  /** The whole of it is over, with as many attempts as there were: none where it was refused. */
  onEnd(outcome: CallOutcome, milliseconds: number): void
}

/** Must not throw, and must not wait. */
export interface UpstreamObserver {
  begin(call: UpstreamCall): CallObserver
}

export type CacheOutcome = 'hit' | 'miss' | 'stale'

/** `cache`: what is kept in it; one of few words. */
export type CacheObserver = (cache: string, outcome: CacheOutcome) => void

const noop = (): void => {}

const noopCallObserver: CallObserver = { onAttempt: noop, onEnd: noop }

/** Where nobody wants to know. */
export const noopObserver: UpstreamObserver = { begin: () => noopCallObserver }
