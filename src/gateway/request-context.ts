import type { Caller } from '#src/access-control.ts'
import type { RequestCache } from './cache/request-cache.ts'

export { type Caller, requireScope } from '#src/access-control.ts'

/** One request as the use cases see it. */
export interface RequestContext {
  readonly caller: Caller
  /** Aborts when the client has left. */
  readonly signal: AbortSignal
  /** Of a reply that lasts: aborts when the client must authenticate again. */
  readonly expirySignal?: AbortSignal | undefined
  /** Whether the wire records are wanted with what they became. */
  readonly includeSource: boolean
  /** What it wants of answers that are kept, and which it got. */
  readonly requestCache: RequestCache
}
