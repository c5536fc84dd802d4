import type { ProblemDefinitions } from './definition.ts'

/** Spacio or LionDesk rejects a call or fails, or the gateway does not call it. `upstream` names the system and the operation. */
export const upstreamProblems = {
  'upstream-access-denied': {
    status: 403,
    title: 'Access denied by the upstream',
    actor: 'operator',
    retryable: false,
    meaning: 'The gateway’s account at the upstream has no access to this object.',
    causes: [
      'The Spacio key has no access to this brokerage or team, or Spacio rejects a new token of the agent too.',
      'The LionDesk user does not own the contact or the event.',
    ],
    remedy: 'Ask the operator to check the permissions of the upstream account.',
    example: {
      upstream: {
        system: 'spacio',
        operation: 'getProperty',
        code: 'access-denied',
        status: 200,
        retryable: false,
      },
    },
  },
  'upstream-credentials': {
    status: 502,
    title: 'Upstream credentials refused',
    actor: 'operator',
    retryable: false,
    meaning: 'The upstream rejects the gateway’s own credentials.',
    causes: [
      '`SPACIO_API_KEY` is wrong, or Spacio has withdrawn the key.',
      'LionDesk rejects the access token, even after a refresh, or the LionDesk client id and secret are wrong.',
    ],
    remedy: 'Ask the operator to check the upstream key or token.',
    example: {
      upstream: {
        system: 'spacio',
        operation: 'getProperty',
        code: 'not-authorized',
        status: 200,
        retryable: false,
      },
    },
  },
  'upstream-invalid-response': {
    status: 502,
    title: 'Invalid upstream response',
    actor: 'upstream',
    retryable: false,
    meaning: 'The upstream’s reply is unreadable, truncated, too large, or not what it claims to be.',
    causes: [
      'The upstream, or a proxy in front of it, sent an HTML page instead of JSON, such as a maintenance page.',
      'A list has fewer rows than it claims. The gateway rejects such a list and never returns a shortened one.',
      'The upstream changed its format. `GET /upstreams` counts the values that the mappings did not expect.',
    ],
    remedy: 'Try again later. If the error persists, report the `requestId` to the operator.',
    example: {
      upstream: { system: 'spacio', operation: 'getProperty', code: null, status: 200, retryable: false },
    },
  },
  'upstream-failed': {
    status: 502,
    title: 'Upstream failed',
    actor: 'upstream',
    retryable: true,
    meaning: 'The upstream failed, or could not be reached.',
    causes: [
      'The upstream returned a server error, or an error code that it does not document.',
      'The connection fails because of a wrong base URL, a firewall or an outage.',
    ],
    remedy:
      'Try again later. If the problem has `"outcome": "unknown"`, the write may have taken effect: check the object before you repeat it.',
    example: {
      upstream: { system: 'spacio', operation: 'getProperty', code: null, status: 500, retryable: true },
    },
  },
  'upstream-rate-limited': {
    status: 503,
    title: 'Upstream rate limit reached',
    actor: 'upstream',
    retryable: true,
    meaning: 'The upstream temporarily accepts no more calls.',
    causes: [
      'The hourly budget of the Spacio key is used up. Reports stop before that point, so that single reads still succeed.',
      'Another application uses the same Spacio key.',
      'LionDesk reported too many calls.',
    ],
    remedy: 'Wait for `Retry-After` seconds, then send the request again.',
    example: {
      retryAfter: 1260,
      upstream: { system: 'spacio', operation: 'getProperty', code: 'rate-reached', status: 200, retryable: true },
    },
  },
  'upstream-unavailable': {
    status: 503,
    title: 'Upstream unavailable',
    actor: 'upstream',
    retryable: true,
    meaning: 'The upstream failed repeatedly, and the gateway does not call it for a while.',
    causes: [
      'The circuit breaker for this kind of call is open after repeated failures; `GET /upstreams` shows its state.',
      'The gateway’s store or the signing keys of the token issuer are unavailable; `detail` says which.',
      'The gateway is refreshing a LionDesk token at this moment.',
    ],
    remedy: 'Wait for `Retry-After` seconds, then send the request again.',
    example: {
      retryAfter: 10,
      upstream: { system: 'spacio', operation: 'getProperty', code: null, status: null, retryable: true },
    },
  },
  'upstream-timeout': {
    status: 504,
    title: 'Upstream timeout',
    actor: 'upstream',
    retryable: true,
    meaning: 'The upstream did not answer in time.',
    causes: ['The upstream is slow. Single reads time out after 10 seconds, reports after 25 and writes after 14.'],
    remedy:
      'Try again later. If the problem has `"outcome": "unknown"`, the write may have taken effect: check the object before you repeat it.',
    example: {
      outcome: 'unknown',
      upstream: { system: 'liondesk', operation: 'create', code: null, status: null, retryable: false },
    },
  },
} satisfies ProblemDefinitions
