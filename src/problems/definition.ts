type Actor = 'caller' | 'operator' | 'upstream'

export interface UpstreamTrace {
  system: 'spacio' | 'liondesk'
  operation: string
  /** The upstream's own error code, if it is a documented one. Its text is never sent to the caller. */
  code: string | null
  status: number | null
  retryable: boolean
}

export interface ProblemFields {
  detail?: string
  errors?: { path: string; message: string }[]
  /** In seconds; also sent as `Retry-After`. */
  retryAfter?: number
  redirectUrl?: string
  /** A write may or may not have taken effect. */
  outcome?: 'unknown'
  upstream?: UpstreamTrace
  /** The parameters of `WWW-Authenticate` after the realm, as in RFC 6750 section 3. */
  challenge?: string
  /** For `method-not-allowed`. */
  allow?: string[]
  /** For the log only; never serialized. */
  cause?: unknown
}

/** One entry of the error catalogue. Texts may contain code between backticks, but no other markup. */
export interface ProblemDefinition {
  status: number
  title: string
  /** The party that has to act. */
  actor: Actor
  /** True if the same request may succeed later without a change. */
  retryable: boolean
  meaning: string
  /** The most frequent causes, the likeliest first. */
  causes: readonly string[]
  remedy: string
  /** Example values of the fields that vary between responses. */
  example: Readonly<Omit<ProblemFields, 'cause'>>
}

export type ProblemDefinitions = Record<string, ProblemDefinition>
