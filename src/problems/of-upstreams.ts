import type { Kinds } from './kind.ts'

/** Spacio or LionDesk refuses, fails, or is not asked. `upstream` says which of them, and what for. */
export const ofUpstreams = {
  'upstream-access-denied': {
    status: 403,
    title: 'Access denied by the upstream',
    actor: 'operator',
    retryable: false,
    meaning: 'The upstream refuses this object to the account that the gateway uses.',
    causes: [
      'The Spacio key does not cover this brokerage or team, or an agent’s new token is refused as well.',
      'The LionDesk user does not own the contact or the event.',
    ],
    remedy: 'Have the operator check the rights of the upstream account.',
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
    meaning: 'The upstream does not accept the gateway’s own credentials.',
    causes: [
      '`SPACIO_API_KEY` is wrong, or was withdrawn.',
      'LionDesk refuses the access token, and a new one did not help; or its client id and secret are wrong.',
    ],
    remedy: 'Have the operator check the upstream key or token.',
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
    meaning: 'The upstream’s reply cannot be read, is cut, too large or not what it claims to be.',
    causes: [
      'A page of HTML where JSON was due: a maintenance page, or a proxy in between.',
      'A list that carries fewer rows than it claims: it is refused, never shortened.',
      'The upstream changed its format; `GET /upstreams` counts what the mappings did not expect.',
    ],
    remedy: 'Try again later; if it lasts, report the `requestId`.',
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
      'The upstream answers with a server error, or with an error code that it does not document.',
      'The connection is refused or breaks off: a wrong base URL, a firewall, an outage.',
    ],
    remedy: 'Try again later. A write with `"outcome": "unknown"` may have been done: look before you repeat it.',
    example: {
      upstream: { system: 'spacio', operation: 'getProperty', code: null, status: 500, retryable: true },
    },
  },
  'upstream-rate-limited': {
    status: 503,
    title: 'Upstream rate limit reached',
    actor: 'upstream',
    retryable: true,
    meaning: 'The upstream takes no more calls for now.',
    causes: [
      'The hourly budget of the Spacio key is spent. Reports stop earlier, so that single reads still get through.',
      'Something else uses the same Spacio key.',
      'LionDesk answers that there were too many calls.',
    ],
    remedy: 'Wait for `Retry-After` seconds.',
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
    meaning: 'The upstream has failed repeatedly and is not asked for a while.',
    causes: [
      'After repeated failures the breaker of this kind of call is open; `GET /upstreams` shows it.',
      'What the gateway itself needs is away: its store, or the keys of the token issuer; `detail` says which.',
      'A LionDesk token is being renewed at this very moment.',
    ],
    remedy: 'Wait for `Retry-After` seconds.',
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
    causes: ['The upstream is slow: single reads are given up after 10 seconds, reports after 25, writes after 14.'],
    remedy: 'Try again later. A write with `"outcome": "unknown"` may have been done: look before you repeat it.',
    example: {
      outcome: 'unknown',
      upstream: { system: 'liondesk', operation: 'create', code: null, status: null, retryable: false },
    },
  },
} satisfies Kinds
