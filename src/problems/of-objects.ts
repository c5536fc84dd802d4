import type { Kinds } from './kind.ts'

/** What is asked for is not there, or not in the state that the request takes it to be in. */
export const ofObjects = {
  'not-found': {
    status: 404,
    title: 'Not found',
    actor: 'caller',
    retryable: false,
    meaning: 'There is no such route, or no such object.',
    causes: [
      'The path is misspelt.',
      'The event, its property or the connection does not exist, was removed, or belongs to another LionDesk user.',
    ],
    remedy: 'Check the URL against the API documentation.',
    example: { detail: 'There is no such route.' },
  },
  'unknown-property': {
    status: 404,
    title: 'Unknown property',
    actor: 'caller',
    retryable: false,
    meaning: 'No property has this sid.',
    causes: [
      'The `sid` was mistyped.',
      'The property is there, but is not among your grants: the answer is the same, so that nobody can find out by trying.',
    ],
    remedy: 'Check the sid.',
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
    causes: ['The id was mistyped; for a client that may see all brokerages only, others receive `forbidden`.'],
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
    causes: ['The id was mistyped; for a client that may see all teams only, others receive `forbidden`.'],
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
      'The address was mistyped, or the agent signs in to Spacio with another one.',
      'The agent has no Spacio account yet.',
      'The property whose leads are asked for names no agent.',
    ],
    remedy: 'Check the address; if the problem has a `redirectUrl`, send the user there to sign up.',
    example: {
      redirectUrl: 'https://spac.io/signup',
      upstream: { system: 'spacio', operation: 'getAccessToken', code: 'invalid-email', status: 200, retryable: false },
    },
  },
  conflict: {
    status: 409,
    title: 'Conflict',
    actor: 'caller',
    retryable: true,
    meaning: 'The state of the object does not allow the change, or the same write is already in progress.',
    causes: [
      'A request with the same `Idempotency-Key` is still under way.',
      'The connection is one that the operator configured, or no LionDesk application is configured at all.',
      'LionDesk reports a conflict.',
    ],
    remedy: 'Read the object again, then decide.',
    example: { detail: 'A request with this Idempotency-Key is in progress. Repeat it later.' },
  },
  'reauthorization-required': {
    status: 409,
    title: 'Reauthorization required',
    actor: 'operator',
    retryable: false,
    meaning: 'No live LionDesk connection stands behind this request.',
    causes: [
      'No LionDesk account is connected, or none that is granted to this client.',
      'The user withdrew his consent, or the refresh token has expired.',
    ],
    remedy: 'Connect the LionDesk account anew.',
    example: { detail: 'No LionDesk connection is yours.' },
  },
  'cursor-expired': {
    status: 410,
    title: 'Cursor expired',
    actor: 'caller',
    retryable: false,
    meaning: 'The position of the cursor is no longer remembered.',
    causes: [
      'The cursor is older than 14 days, and the feed has moved on.',
      'The store was lost, or was `memory:` and the process was started again.',
    ],
    remedy: 'Start the feed again without a cursor, or with `from`.',
    example: {
      detail: 'The position of this cursor is no longer remembered. Start again without after, or with from.',
    },
  },
} satisfies Kinds
