import type { CallOutcome, UpstreamCall } from '#src/upstream-observer.ts'

export interface RequestFacts {
  method: string
  /** The route's template, never the URL. */
  route: string
  status: number
  tenant: string | null
  code: string | null
}

export interface RequestSpan {
  readonly traceId: string
  end(facts: RequestFacts): void
}

export interface Tracing {
  begin(traceparent: unknown): RequestSpan
  /** Records an attempt that has just ended. `parent` is null if no request waits for it. */
  attempt(
    parent: RequestSpan | null,
    call: UpstreamCall,
    outcome: CallOutcome,
    milliseconds: number,
    ordinal: number,
  ): void
  /** Flushes the remaining spans, within a time limit. */
  close(): Promise<void>
}
