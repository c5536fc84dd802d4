import { type Static, type TUnsafe, Type } from 'typebox'
import { component, oneOf, ref, text, textOrNull, timeOrNull } from './fields.ts'
import { id } from './parameters.ts'

export const Connection = component(
  'Connection',
  'A LionDesk account that you may act for.',
  {
    id: text('Id of the connection.'),
    system: oneOf(['liondesk'], { description: 'The upstream system.' }),
    status: oneOf(['pending', 'connected', 'reauthorization-required'], {
      description:
        '`pending`: the user has not come back from LionDesk yet. `reauthorization-required`: LionDesk does not take its tokens any more; connect it anew.',
    }),
    user: textOrNull('E-mail address or name of the LionDesk user; null where it is not known.'),
    createdAt: timeOrNull('When it was begun; null of one that the operator configured.'),
    expiresAt: timeOrNull('Until when the present access token lasts; it is renewed before. Null: not known.'),
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
  { data: Type.Array(ref(Connection), { description: 'Configured ones first, then the oldest first.' }) },
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
  'A connection that waits for a user’s consent.',
  {
    id: text('Id of the connection.'),
    authorizeUrl: Type.String({
      format: 'uri',
      description: 'Page of LionDesk to send the user’s browser to, within ten minutes and once.',
    }),
  },
  {
    id: 'c5f1e0d2b7a94c6380e1d2f3a',
    authorizeUrl:
      'https://api-v2.liondesk.com/oauth2/authorize?response_type=code&client_id=example&redirect_uri=https%3A%2F%2Fapi.example.com%2Fconnections%2Fcallback&scope=write&state=exampleState0001',
  },
)

/** The body may be left out altogether. */
export const NewConnection = Type.Unsafe<{ reauthorize?: string } | null>({
  $id: 'NewConnection',
  description: 'Which connection to connect anew; without it a new one is begun.',
  type: ['object', 'null'],
  properties: {
    reauthorize: id('connection of yours to connect anew, which keeps its id', 'c5f1e0d2b7a94c6380e1d2f3a'),
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

const answers = {
  code: Type.String({ minLength: 1, maxLength: 2000, description: 'What LionDesk gives for a consent.' }),
  state: Type.String({ minLength: 1, maxLength: 200, description: 'What the authorization was begun with.' }),
  error: Type.String({ minLength: 1, maxLength: 200, description: 'Why there is no consent.' }),
  confirm: Type.String({
    minLength: 1,
    maxLength: 300,
    description: 'Shows that the user confirmed who asked; only the page has it.',
  }),
}

/**
 * Parameters of the callback. OAuth has a client ignore what it does not know of an answer (RFC 6749, section 4.1.2);
 * what carries no state is no answer, and taken as strictly as any query.
 */
export const callbackQuery = Type.Unsafe<{ state: string; code?: string; error?: string; confirm?: string }>({
  type: 'object',
  properties: answers,
  required: ['state'],
  if: { required: ['state'] },
  else: { properties: { code: {}, error: {}, confirm: {} }, additionalProperties: false },
})
