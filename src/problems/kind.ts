export type Actor = 'caller' | 'operator' | 'upstream'

export interface UpstreamTrace {
  system: 'spacio' | 'liondesk'
  operation: string
  /** The upstream's own error code, if it is a documented one. Its text is never passed on. */
  code: string | null
  status: number | null
  retryable: boolean
}

export interface ProblemFields {
  detail?: string
  errors?: { path: string; message: string }[]
  /** Seconds; also sent as `Retry-After`. */
  retryAfter?: number
  redirectUrl?: string
  /** A write may or may not have taken effect. */
  outcome?: 'unknown'
  upstream?: UpstreamTrace
  /** What `WWW-Authenticate` says beside the realm, as in RFC 6750 section 3. */
  challenge?: string
  /** For `method-not-allowed`. */
  allow?: string[]
  /** Kept for the log; never serialised. */
  cause?: unknown
}

/** One entry of the error catalogue. Texts may hold code between backticks, and no other markup. */
export interface Kind {
  status: number
  title: string
  /** Who has to act. */
  actor: Actor
  /** Whether the same request may succeed later without a change. */
  retryable: boolean
  meaning: string
  /** What brings it about most often, the likeliest first. */
  causes: readonly string[]
  remedy: string
  /** What a reply of this kind says beside the fixed parts. */
  example: Readonly<Omit<ProblemFields, 'cause'>>
}

export type Kinds = Record<string, Kind>
