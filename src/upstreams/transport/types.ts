import type { UpstreamTrace } from '#src/problems.ts'

export type System = UpstreamTrace['system']

/** One call to an upstream, before any policy. */
export interface UpstreamRequest {
  readonly system: System
  /** The upstream's own name of the operation, for problems, logs and figures. */
  readonly operation: string
  readonly limits: CallLimits
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE'
  /** Origin and path prefix of the upstream, without a slash at the end. */
  readonly baseUrl: string
  /** Begins with a slash; may hold a query. */
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  /** Multipart form fields. */
  readonly form?: Readonly<Record<string, string>>
  readonly json?: unknown
  /** It changes something upstream: after a fault nobody knows whether it did, unless nothing was sent. */
  readonly writes?: boolean
}

export interface UpstreamReply {
  readonly status: number
  readonly retryAfter: string | null
  readonly body: Buffer
}

/** Milliseconds and bytes; see `limits.ts` for the reasons. */
export interface CallLimits {
  readonly totalMs: number
  readonly attemptMs: number
  readonly maxBytes: number
}

export type Send = (request: UpstreamRequest, signal: AbortSignal) => Promise<UpstreamReply>

/** Wraps a way of sending into one that keeps a rule. */
export type Policy = (next: Send) => Send
