import { type Static, type TUnsafe, Type } from 'typebox'
import { component, getOne, ref, text, textOrNull, timeOrNull } from './fields.ts'
import { id } from './parameters.ts'

export const Connection = component(
  'Connection',
  'A LionDesk account that you may use.',
  {
    id: text('Id of the connection.'),
    system: getOne(['liondesk'], { description: 'The upstream system.' }),
    status: getOne(['pending', 'connected', 'reauthorization-required'], {
      description:
        '`pending`: the user has not returned from LionDesk yet. `reauthorization-required`: LionDesk no longer accepts the tokens; connect the account again.',
    }),
    user: textOrNull('E-mail address or name of the LionDesk user; null if unknown.'),
    createdAt: timeOrNull('Time at which the connection was started; null if the operator configured it.'),
    expiresAt: timeOrNull(
      'Time at which the current access token expires; the gateway refreshes it earlier. Null if unknown.',
    ),
  },
  {
    id: 'c5f1e0d2b7a94c6380e1d2f3a',
    system: 'liondesk',
    status: 'connected',
    user: 'agent1@example.com',
    createdAt: '2026-05-02T17:04:11Z',
    expiresAt: '2026-06-01T17:04:11Z',
  },
)

const connections = Type.Object(
  {
    data: Type.Array(ref(Connection), { description: 'Configured connections first, then the others, oldest first.' }),
  },
  {
    $id: 'Connections',
    description: 'Your connections.',
    additionalProperties: false,
    examples: [{ data: (Connection as { examples?: unknown[] }).examples }],
  },
)

export const Connections = connections as unknown as TUnsafe<{ data: Static<typeof Connection>[] }>

export const StartedConnection = component(
  'StartedConnection',
  'A connection that needs the consent of a user.',
  {
    id: text('Id of the connection.'),
    authorizeUrl: Type.String({
      format: 'uri',
      description: 'LionDesk page to send the user’s browser to. It works once, within ten minutes.',
    }),
  },
  {
    id: 'c5f1e0d2b7a94c6380e1d2f3a',
    authorizeUrl:
      'https://api-v2.liondesk.com/oauth2/authorize?response_type=code&client_id=example&redirect_uri=https%3A%2F%2Fapi.example.com%2Fconnections%2Fcallback&scope=write&state=exampleState0001',
  },
)

/** The body is optional. */
export const NewConnection = Type.Unsafe<{ reauthorize?: string } | null>({
  $id: 'NewConnection',
  description: 'The connection to connect again. Without it, the gateway creates a new connection.',
  type: ['object', 'null'],
  properties: {
    reauthorize: id('existing connection to connect again; it keeps its id', 'c5f1e0d2b7a94c6380e1d2f3a'),
  },
  additionalProperties: false,
  examples: [{}],
})

export const CompletedConnection = component(
  'CompletedConnection',
  'A connection to which a user has just consented.',
  { id: text('Id of the connection.'), status: Type.Literal('connected', { description: '`connected`.' }) },
  { id: 'c5f1e0d2b7a94c6380e1d2f3a', status: 'connected' },
)

const callbackProperties = {
  code: Type.String({ minLength: 1, maxLength: 2000, description: 'The authorization code from LionDesk.' }),
  state: Type.String({
    minLength: 1,
    maxLength: 200,
    description: 'The `state` with which the authorization started.',
  }),
  error: Type.String({ minLength: 1, maxLength: 200, description: 'The reason why LionDesk gave no consent.' }),
  confirm: Type.String({
    minLength: 1,
    maxLength: 300,
    description: 'Proves that the user confirmed the client; only the page contains it.',
  }),
}

/**
 * Query parameters of the OAuth callback. A client must ignore unknown parameters of an authorization response (RFC
 * 6749, section 4.1.2). A request without `state` is not such a response, so its unknown parameters are rejected.
 */
export const callbackQuery = Type.Unsafe<{ state: string; code?: string; error?: string; confirm?: string }>({
  type: 'object',
  properties: callbackProperties,
  required: ['state'],
  if: { required: ['state'] },
  else: { properties: { code: {}, error: {}, confirm: {} }, additionalProperties: false },
})
