import type { Kinds } from './kind.ts'

/** Who asks may not, or has asked too often. */
export const ofAccess = {
  unauthenticated: {
    status: 401,
    title: 'Unauthenticated',
    actor: 'caller',
    retryable: false,
    meaning: 'The request carries no valid credentials.',
    causes: [
      'The header `X-API-Key` is missing, or its key was mistyped or withdrawn.',
      'The bearer token has expired, or is of another issuer or for another audience.',
      'The request carries a key and a token: only one of them is taken.',
      'The ticket of a live feed is older than five minutes.',
    ],
    remedy: 'Send a valid API key in `X-API-Key`, or a valid bearer token.',
    example: { detail: 'Send an API key in X-API-Key, or a bearer token.' },
  },
  forbidden: {
    status: 403,
    title: 'Forbidden',
    actor: 'caller',
    retryable: false,
    meaning: 'The credentials do not cover this operation or this object.',
    causes: [
      'The client lacks the scope of the operation; `detail` names it.',
      'The brokerage, team, agent or connection is not among the client’s grants.',
    ],
    remedy: 'Ask the operator for the scope or the grant.',
    example: { detail: 'This brokerage is not among those granted to you.' },
  },
  'rate-limited': {
    status: 429,
    title: 'Rate limited',
    actor: 'caller',
    retryable: true,
    meaning: 'This client sends more requests than it may.',
    causes: [
      'A loop without a pause. The header `RateLimit` says what is left of each allowance.',
      'Many wrong credentials came from the same address.',
      'The client has drawn its share of the calls that Spacio grants the tenant in an hour (`spacio-client` in `RateLimit`).',
      'The client runs more exports at the same time than it may (2).',
    ],
    remedy: 'Wait for `Retry-After` seconds.',
    example: { retryAfter: 17 },
  },
} satisfies Kinds
