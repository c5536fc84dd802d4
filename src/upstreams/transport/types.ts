import type { Problem, UpstreamTrace } from '#src/problems.ts'
import type { CallObserver } from '#src/upstream-observer.ts'

export type System = UpstreamTrace['system']

/** In ascending order: when the hourly budget runs short, the last one has precedence. */
export type Priority = 'background' | 'report' | 'read'

/** One call to an upstream, before any middleware. */
export interface UpstreamRequest<T = unknown> {
  /** All state of the middlewares is separate for each tenant. */
  readonly tenant: string
  readonly system: System
  /** The upstream's name of the operation, for problems, logs and metrics. */
  readonly operation: string
  readonly limits: CallLimits
  /** Defaults to the priority of `limits`. */
  readonly priority?: Priority | undefined
  /** The API key whose calls the upstream counts by the hour. */
  readonly quota?: HourlyQuota
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE'
  /** Origin and path prefix, without a trailing slash. */
  readonly baseUrl: string
  /** Starts with a slash and may include a query. */
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  /** Multipart form fields. */
  readonly form?: Readonly<Record<string, string>>
  readonly json?: unknown
  /** The call changes upstream data. After a failure its outcome is unknown, unless it was not sent. */
  readonly writes?: boolean
  /**
   * Converts a reply to a result, or throws the problem that it represents. It runs as part of the attempt, so an
   * invalid reply counts as a failure.
   * Long replies are read in slices and return a promise. `isRepeat`: an earlier attempt may have been executed.
   */
  readonly read: (reply: UpstreamReply, isRepeat: boolean) => T | Promise<T>
  /** For replies that may be too long to buffer. */
  readonly stream?: StreamReader<T>
  /** Creates the problem for a successful reply above `limits.maxBytes`. Default: `upstream-invalid-response`. */
  readonly createTooLongProblem?: ((cause: unknown) => Problem) | undefined
  /** Set for repeated calls. */
  readonly isRetry?: boolean
  /** Set by the observation middleware; receives the attempts. */
  readonly callObserver?: CallObserver
}

export interface UpstreamReply {
  readonly status: number
  readonly retryAfter: string | null
  readonly body: Buffer
}

/**
 * Reads a successful reply above the buffer limit as a stream. The call lasts until the reader finishes: all
 * middlewares apply, and errors of the reader are errors of the call.
 */
export interface StreamReader<T> {
  /** Longer replies are streamed; others go to `UpstreamRequest.read`. */
  readonly maxBufferedBytes: number
  read(chunks: AsyncIterable<Buffer>): Promise<T>
  /** True if a part of the reply was passed on, so that the call must not be repeated. */
  hasEmitted(): boolean
}

export interface HourlyQuota {
  readonly apiKey: string
  /** The calls per hour that the upstream allows for the key. */
  readonly cap: number
}

/** A class of operations: durations in milliseconds, sizes in bytes. See `limits.ts` for the reasons. */
export interface CallLimits {
  readonly system: System
  /** Unique within the system. */
  readonly name: string
  readonly totalTimeoutMs: number
  readonly attemptTimeoutMs: number
  readonly maxBytes: number
  /** Concurrent calls of one tenant. */
  readonly maxInFlight: number
  /** How many more calls may wait for a slot, and how long. */
  readonly maxQueued: number
  readonly maxWaitMs: number
  readonly priority: Priority
}

export type Send = <T>(request: UpstreamRequest<T>, signal: AbortSignal) => Promise<T>

/** Wraps a send function. */
export type Middleware = (next: Send) => Send

/** Called with the result of a call. The caller awaits it only after a failure. */
export type Release = (failure: { readonly error: unknown } | null) => void | Promise<void>

/**
 * Admits a call or throws, and is notified of the end of the call. A row of guards runs in one loop, which is cheaper
 * than nested middlewares.
 */
export interface Guard {
  acquire(request: UpstreamRequest, signal: AbortSignal): Release | Promise<Release>
}
