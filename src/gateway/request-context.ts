import type { Caller } from '#src/access-control.ts'
import type { RequestCache } from './cache/request-cache.ts'

export { type Caller, requireScope } from '#src/access-control.ts'

/** The context of one request for the use cases. */
export interface RequestContext {
  readonly caller: Caller
  /** Aborts when the client disconnects. */
  readonly signal: AbortSignal
  /** For event streams: aborts when the client must authenticate again. */
  readonly expirySignal?: AbortSignal | undefined
  /** Whether the response includes the wire records. */
  readonly includeSource: boolean
  /** Whether each lead in the response includes the visited property. */
  readonly includeProperty: boolean
  readonly requestCache: RequestCache
}
