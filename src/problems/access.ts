import type { ProblemDefinitions } from './definition.ts'

/** The caller is not authenticated, not authorized, or over a limit. */
export const accessProblems = {
  unauthenticated: {
    status: 401,
    title: 'Unauthenticated',
    actor: 'caller',
    retryable: false,
    meaning: 'The request has no valid credentials.',
    causes: [
      'The header `X-API-Key` is missing, or its key is mistyped or withdrawn.',
      'The bearer token has expired, or it has the wrong issuer or audience.',
      'The request has both a key and a token. Send only one of them.',
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
    meaning: 'The credentials do not allow this operation or give no access to this object.',
    causes: [
      'The client does not have the scope that the operation needs. `detail` names the scope.',
      'The client has no grant for the brokerage, team, agent or connection.',
    ],
    remedy: 'Ask the operator for the scope or the grant.',
    example: { detail: 'You have no grant for this brokerage.' },
  },
  'rate-limited': {
    status: 429,
    title: 'Rate limited',
    actor: 'caller',
    retryable: true,
    meaning: 'The client sends more requests than its limits allow.',
    causes: [
      'The client sends requests in a loop without a pause. The header `RateLimit` shows what is left of each limit.',
      'The same network address sent wrong credentials many times.',
      'The client has used its share of the tenant’s hourly Spacio calls (`spacio-client` in `RateLimit`).',
      'The client already runs two exports, which is the limit.',
    ],
    remedy: 'Wait for `Retry-After` seconds, then send the request again.',
    example: { retryAfter: 17 },
  },
} satisfies ProblemDefinitions
