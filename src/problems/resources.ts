import type { ProblemDefinitions } from './definition.ts'

/** The requested object does not exist, or its state does not allow the request. */
export const resourceProblems = {
  'not-found': {
    status: 404,
    title: 'Not found',
    actor: 'caller',
    retryable: false,
    meaning: 'The route or the object does not exist.',
    causes: [
      'The path is misspelled.',
      'The event, its property or the connection does not exist, was deleted, or belongs to another LionDesk user.',
    ],
    remedy: 'Check the URL against the API documentation.',
    example: { detail: 'This route does not exist.' },
  },
  'unknown-property': {
    status: 404,
    title: 'Unknown property',
    actor: 'caller',
    retryable: false,
    meaning: 'No property has this sid.',
    causes: [
      'The `sid` is mistyped.',
      'The property exists, but you have no grant for it. The response is the same, so that it does not reveal which properties exist.',
    ],
    remedy: 'Check the `sid`. If it is correct, ask the operator for the grant.',
    example: {
      upstream: { system: 'spacio', operation: 'getProperty', code: 'invalid-sid', status: 200, retryable: false },
    },
  },
  'unknown-brokerage': {
    status: 404,
    title: 'Unknown brokerage',
    actor: 'caller',
    retryable: false,
    meaning: 'No brokerage has this id.',
    causes: [
      'The id is mistyped. Only a client with a grant for all brokerages gets this error; other clients get `forbidden`.',
    ],
    remedy: 'Check the brokerage id.',
    example: {
      upstream: { system: 'spacio', operation: 'getClaimedList', code: 'invalid-bid', status: 200, retryable: false },
    },
  },
  'unknown-team': {
    status: 404,
    title: 'Unknown team',
    actor: 'caller',
    retryable: false,
    meaning: 'No team has this id.',
    causes: [
      'The id is mistyped. Only a client with a grant for all teams gets this error; other clients get `forbidden`.',
    ],
    remedy: 'Check the team id.',
    example: {
      upstream: {
        system: 'spacio',
        operation: 'getRegistrantsByTeam',
        code: 'invalid-tid',
        status: 200,
        retryable: false,
      },
    },
  },
  'unknown-agent': {
    status: 404,
    title: 'Unknown agent',
    actor: 'caller',
    retryable: false,
    meaning: 'No agent or manager has this e-mail address or ukey.',
    causes: [
      'The address is mistyped, or the agent uses another address in Spacio.',
      'The agent has no Spacio account yet.',
      'The request asks for the leads of a property that has no agent.',
    ],
    remedy: 'Check the address. If the problem has a `redirectUrl`, send the user there to sign up.',
    example: {
      redirectUrl: 'https://spac.io/signup',
      upstream: { system: 'spacio', operation: 'getAccessToken', code: 'invalid-email', status: 200, retryable: false },
    },
  },
  'unknown-lead': {
    status: 404,
    title: 'Unknown lead',
    actor: 'caller',
    retryable: false,
    meaning: 'No lead of this source has this id on the days that were searched.',
    causes: [
      'The lead is older than the default window of 30 days, and its id does not tell when it was created.',
      'The id belongs to a lead of another brokerage, team or property, or Spacio has deleted the lead.',
      'The id comes from the list of a brokerage or team, and the request names a `sid` alone.',
      'The id begins with `p-`, and several leads of the brokerage or team match it.',
    ],
    remedy: 'Send `createdAt`, or `from` and `to`, to search other days. `detail` says which days were searched.',
    example: {
      detail:
        'No lead of this brokerage has this id. Days searched: 2026-02-14 to 2026-03-15. Send createdAt, or from and to, to search other days.',
    },
  },
  conflict: {
    status: 409,
    title: 'Conflict',
    actor: 'caller',
    retryable: true,
    meaning: 'The state of the object does not allow the change, or the same write is already in progress.',
    causes: [
      'Another request with the same `Idempotency-Key` is still in progress.',
      'The connection is part of the configuration, or no LionDesk application is configured.',
      'LionDesk reported a conflict.',
    ],
    remedy: 'Read the object again, then decide whether to repeat the change.',
    example: { detail: 'A request with this Idempotency-Key is in progress. Repeat yours later.' },
  },
  'reauthorization-required': {
    status: 409,
    title: 'Reauthorization required',
    actor: 'operator',
    retryable: false,
    meaning: 'The request needs a LionDesk connection, and no working one is available.',
    causes: [
      'No LionDesk account is connected, or the client has no grant for the connection.',
      'The user withdrew the consent, or the refresh token has expired.',
    ],
    remedy:
      'Connect the LionDesk account again with `POST /connections`. If the connection is part of the configuration, ask the operator.',
    example: { detail: 'You have no LionDesk connection. Create one with POST /connections.' },
  },
  'cursor-expired': {
    status: 410,
    title: 'Cursor expired',
    actor: 'caller',
    retryable: false,
    meaning: 'The feed no longer stores the position of the cursor.',
    causes: [
      'The cursor is older than 14 days, and the feed has moved on.',
      'The store was lost, or the store is `memory:` and the process was restarted.',
    ],
    remedy: 'Start the feed again without a cursor, or with `from`.',
    example: {
      detail: 'The cursor has expired. Start again without after, or with from.',
    },
  },
  'precondition-failed': {
    status: 412,
    title: 'Precondition failed',
    actor: 'caller',
    retryable: false,
    meaning: 'The object is not the one that `If-Match` names. Nothing was written.',
    causes: [
      'The object has changed since you read it, perhaps by an earlier attempt of the same request.',
      'The entity tag belongs to another object, or to a reply with `include=source`.',
      'The entity tag is weak (`W/"…"`), because a proxy compressed the reply. Weak tags never match.',
    ],
    remedy:
      'Read the object again without `include=source`. If you still want the change, send it with the new `ETag`.',
    example: {
      detail:
        'If-Match does not have the current entity tag, so nothing was written. Read the object again without include=source, then decide whether to repeat the change.',
    },
  },
} satisfies ProblemDefinitions
