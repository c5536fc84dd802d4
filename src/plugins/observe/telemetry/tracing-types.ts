import type { CallOutcome, UpstreamCall } from '#src/upstream-observer.ts'

export interface RequestFacts {
  method: string
  /** The template, never the URL. */
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
  /** An attempt that has just ended; `parent` null: nobody waited for it. */
  attempt(
    parent: RequestSpan | null,
    call: UpstreamCall,
    outcome: CallOutcome,
    milliseconds: number,
    ordinal: number,
  ): void
  /** Sends what is left, and does not wait long. */
  close(): Promise<void>
}
