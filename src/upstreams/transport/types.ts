import type { Problem, UpstreamTrace } from '#src/problems.ts'
import type { CallObserver } from '#src/upstream-observer.ts'

export type System = UpstreamTrace['system']

/** Who goes first when the calls of an hour run short; the last of these does. */
export type Priority = 'background' | 'report' | 'read'

/** One call to an upstream, before any policy. */
export interface UpstreamRequest<T = unknown> {
  /** On whose behalf: every state that a policy keeps is kept by tenant. */
  readonly tenant: string
  readonly system: System
  /** The upstream's own name of the operation, for problems, logs and figures. */
  readonly operation: string
  readonly limits: CallLimits
  /** By default what the class says. */
  readonly priority?: Priority | undefined
  /** The account whose calls the upstream counts by the hour. */
  readonly quota?: HourlyQuota
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
  /**
   * What the caller wants of a reply; throws the problem that it is. It runs within the attempt: a reply that cannot be
   * used is a fault like any other. A long reply is read in slices, as a promise. `isRepeat`: an earlier attempt may have been done.
   */
  readonly read: (reply: UpstreamReply, isRepeat: boolean) => T | Promise<T>
  /** Where a reply may be too long to be held. */
  readonly stream?: StreamReader<T>
  /** The problem of a successful reply that is longer than `limits.maxBytes`. Default: the upstream's reply is invalid. */
  readonly createTooLongProblem?: ((cause: unknown) => Problem) | undefined
  /** Set by the retry, and by who sends anew what a retry had sent before. */
  readonly isRetry?: boolean
  /** Set where calls are observed: who wants to know of the attempts. */
  readonly callObserver?: CallObserver
}

export interface UpstreamReply {
  readonly status: number
  readonly retryAfter: string | null
  readonly body: Buffer
}

/**
 * Takes a sound reply that is longer than may be held, as it comes. The call lasts until it is read: every policy holds
 * for it as for any other, and what it throws is the call's fault.
 */
export interface StreamReader<T> {
  /** Longer than this it is not held; other replies go to `read`. */
  readonly maxBufferedBytes: number
  read(chunks: AsyncIterable<Buffer>): Promise<T>
  /** Something of it was handed on: the call must not be repeated. */
  hasEmitted(): boolean
}

export interface HourlyQuota {
  readonly apiKey: string
  /** Calls an hour that the upstream grants the key. */
  readonly cap: number
}

/** A class of operations: milliseconds, bytes and numbers of calls; see `limits.ts` for the reasons. */
export interface CallLimits {
  readonly system: System
  /** Unique within the system. */
  readonly name: string
  readonly totalTimeoutMs: number
  readonly attemptTimeoutMs: number
  readonly maxBytes: number
  /** At the same time, for one tenant. */
  readonly maxInFlight: number
  /** How many more may wait for that, and how long. */
  readonly maxQueued: number
  readonly maxWaitMs: number
  readonly priority: Priority
}

export type Send = <T>(request: UpstreamRequest<T>, signal: AbortSignal) => Promise<T>

/** Wraps a way of sending into one that keeps a rule. */
export type Middleware = (next: Send) => Send

/** What a gate is told when the call is over; it has to wait for what that takes only where something failed. */
export type Release = (failure: { readonly error: unknown } | null) => void | Promise<void>

/** A rule that lets a call in, or throws, and is told of its end: cheaper than a policy, as a row of them is walked at once. */
export interface Guard {
  acquire(request: UpstreamRequest, signal: AbortSignal): Release | Promise<Release>
}
