/** The error catalogue: every error that a caller can receive. RFC 9457 problem documents are made from it alone. */

export type Actor = 'caller' | 'operator' | 'upstream'

interface Kind {
  status: number
  title: string
  meaning: string
  remedy: string
  actor: Actor
  retryable: boolean
}

const kind = (
  status: number,
  title: string,
  actor: Actor,
  retryable: boolean,
  meaning: string,
  remedy: string,
): Kind => ({ status, title, meaning, remedy, actor, retryable })

export const catalogue = {
  'invalid-request': kind(
    400,
    'Invalid request',
    'caller',
    false,
    'The URL, a parameter or the body is not what the operation takes.',
    'Mend what `errors` names, and send the request again.',
  ),
  unauthenticated: kind(
    401,
    'Unauthenticated',
    'caller',
    false,
    'The request carries no valid credentials.',
    'Send a valid API key in `X-API-Key`, or a valid bearer token.',
  ),
  forbidden: kind(
    403,
    'Forbidden',
    'caller',
    false,
    'The credentials do not cover this operation or this object.',
    'Ask the operator for the scope or the grant.',
  ),
  'upstream-access-denied': kind(
    403,
    'Access denied by the upstream',
    'operator',
    false,
    'The upstream refuses this object to the account that the gateway uses.',
    'Have the operator check the rights of the upstream account.',
  ),
  'not-found': kind(
    404,
    'Not found',
    'caller',
    false,
    'There is no such route, or no such object.',
    'Check the URL against the API documentation.',
  ),
  'unknown-property': kind(404, 'Unknown property', 'caller', false, 'No property has this sid.', 'Check the sid.'),
  'unknown-brokerage': kind(
    404,
    'Unknown brokerage',
    'caller',
    false,
    'No brokerage has this id.',
    'Check the brokerage id.',
  ),
  'unknown-team': kind(404, 'Unknown team', 'caller', false, 'No team has this id.', 'Check the team id.'),
  'unknown-agent': kind(
    404,
    'Unknown agent',
    'caller',
    false,
    'No agent or manager has this e-mail address or ukey.',
    'Check the address; if the problem has a `redirectUrl`, send the user there to sign up.',
  ),
  'method-not-allowed': kind(
    405,
    'Method not allowed',
    'caller',
    false,
    'The resource does not take this method.',
    'Use one of the methods in the `Allow` header.',
  ),
  'not-acceptable': kind(
    406,
    'Not acceptable',
    'caller',
    false,
    'The operation cannot answer in a media type that `Accept` names.',
    'Accept `application/json`.',
  ),
  conflict: kind(
    409,
    'Conflict',
    'caller',
    true,
    'The state of the object does not allow the change, or the same write is already in progress.',
    'Read the object again, then decide.',
  ),
  'reauthorization-required': kind(
    409,
    'Reauthorization required',
    'operator',
    false,
    'No live LionDesk connection stands behind this request.',
    'Connect the LionDesk account anew.',
  ),
  'cursor-expired': kind(
    410,
    'Cursor expired',
    'caller',
    false,
    'The position of the cursor is no longer remembered.',
    'Start the feed again without a cursor, or with `from`.',
  ),
  'body-too-large': kind(
    413,
    'Body too large',
    'caller',
    false,
    'The request body is larger than the gateway takes.',
    'Send a smaller body.',
  ),
  'unsupported-media-type': kind(
    415,
    'Unsupported media type',
    'caller',
    false,
    'The request body is not in a media type that the operation takes.',
    'Send `application/json`.',
  ),
  unprocessable: kind(
    422,
    'Unprocessable',
    'caller',
    false,
    'The request is well-formed, but a value in it is not allowed.',
    'Mend what `errors` names.',
  ),
  'window-too-large': kind(
    422,
    'Window too large',
    'caller',
    false,
    'The window holds more leads than one list can carry.',
    'Ask for fewer days, or for the export that the `Link` header names.',
  ),
  'idempotency-mismatch': kind(
    422,
    'Idempotency key reused',
    'caller',
    false,
    'The idempotency key was used before with another body.',
    'Use a new key for a new request.',
  ),
  'rate-limited': kind(
    429,
    'Rate limited',
    'caller',
    true,
    'This client sends more requests than it may.',
    'Wait for `Retry-After` seconds.',
  ),
  internal: kind(
    500,
    'Internal error',
    'operator',
    false,
    'The gateway has a defect.',
    'Report the `requestId` to the operator.',
  ),
  'upstream-credentials': kind(
    502,
    'Upstream credentials refused',
    'operator',
    false,
    'The upstream does not accept the gateway’s own credentials.',
    'Have the operator check the upstream key or token.',
  ),
  'upstream-invalid-response': kind(
    502,
    'Invalid upstream response',
    'upstream',
    false,
    'The upstream’s reply cannot be read, is cut, too large or not what it claims to be.',
    'Try again later; if it lasts, report the `requestId`.',
  ),
  'upstream-failed': kind(
    502,
    'Upstream failed',
    'upstream',
    true,
    'The upstream failed, or could not be reached.',
    'Try again later.',
  ),
  'upstream-rate-limited': kind(
    503,
    'Upstream rate limit reached',
    'upstream',
    true,
    'The upstream takes no more calls for now.',
    'Wait for `Retry-After` seconds.',
  ),
  'upstream-unavailable': kind(
    503,
    'Upstream unavailable',
    'upstream',
    true,
    'The upstream has failed repeatedly and is not asked for a while.',
    'Wait for `Retry-After` seconds.',
  ),
  overloaded: kind(
    503,
    'Overloaded',
    'operator',
    true,
    'The gateway has more work than it can do.',
    'Wait for `Retry-After` seconds.',
  ),
  'upstream-timeout': kind(
    504,
    'Upstream timeout',
    'upstream',
    true,
    'The upstream did not answer in time.',
    'Try again later.',
  ),
} satisfies Record<string, Kind>

export type ProblemCode = keyof typeof catalogue

export const kindOf = (code: ProblemCode): Kind => catalogue[code]

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
  /** For `method-not-allowed`. */
  allow?: string[]
  /** Kept for the log; never serialised. */
  cause?: unknown
}

/** The one error class of the gateway: everything that reaches a caller is one of these. */
export class Problem extends Error {
  readonly code: ProblemCode
  readonly fields: ProblemFields

  constructor(code: ProblemCode, fields: ProblemFields = {}) {
    super(code, fields.cause === undefined ? undefined : { cause: fields.cause })
    this.name = 'Problem'
    this.code = code
    this.fields = fields
  }

  get status(): number {
    return kindOf(this.code).status
  }
}

/** By name, since `instanceof` fails where a loader holds this module twice. */
export const isProblem = (error: unknown): error is Problem => error instanceof Error && error.name === 'Problem'

/** A query parameter that cannot be taken, and why, in words that go on from its name. */
export const refusedParameter = (name: string, message: string): Problem =>
  new Problem('invalid-request', { detail: `${name} ${message}.`, errors: [{ path: `query/${name}`, message }] })

/** The document that a caller receives, as in RFC 9457 section 3. */
export const toDocument = (problem: Problem, requestId: string) => {
  const { status, title, meaning } = kindOf(problem.code)
  const { detail, errors, retryAfter, redirectUrl, outcome, upstream } = problem.fields
  return {
    type: `/problems/${problem.code}`,
    title,
    status,
    detail: detail ?? meaning,
    instance: `urn:foyer:request:${requestId}`,
    code: problem.code,
    requestId,
    ...(errors && { errors }),
    ...(retryAfter !== undefined && { retryAfter }),
    ...(redirectUrl && { redirectUrl }),
    ...(outcome && { outcome }),
    ...(upstream && { upstream }),
  }
}

export const problemCodes = Object.keys(catalogue) as ProblemCode[]

export const isProblemCode = (code: string): code is ProblemCode => Object.hasOwn(catalogue, code)

export const describeProblem = (code: ProblemCode) => ({ code, ...kindOf(code) })
