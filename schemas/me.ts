import { type TUnsafe, Type } from 'typebox'
import { Connection } from './connection.ts'
import { component, getOne, integer, ref, refOrNull, text, textList, timeOrNull } from './fields.ts'

const allGrants = Type.Unsafe<'*'>({ type: 'string', enum: ['*'], description: 'All of them.' })

const createGrantList = (description: string): TUnsafe<string[] | '*'> =>
  Type.Unsafe<string[] | '*'>({ anyOf: [textList('The ids.'), allGrants], description })

export const CallerGrants = component(
  'CallerGrants',
  'What the caller may see: for each kind of object a list of ids, or `*` for all.',
  {
    brokerages: createGrantList('Brokerages.'),
    teams: createGrantList('Teams.'),
    agents: createGrantList('Agents, by e-mail address in lower case.'),
    connections: createGrantList('LionDesk connections, in addition to those that the caller created.'),
  },
  { brokerages: ['b1001'], teams: [], agents: ['agent1@example.com'], connections: '*' },
)

const { id, status } = Connection.properties

export const CallerConnection = component(
  'CallerConnection',
  'A LionDesk connection that the caller may use.',
  { id, status },
  { id: 'c5f1e0d2b7a94c6380e1d2f3a', status: 'connected' },
)

export const CallerRateLimit = component(
  'CallerRateLimit',
  'The number of requests that the caller may send in a minute.',
  {
    limit: integer('Requests per minute.'),
    remaining: integer('Requests that are left in the current minute, after this one.'),
    resetsIn: integer('Seconds until `remaining` is `limit` again.'),
  },
  { limit: 6000, remaining: 5988, resetsIn: 42 },
)

export const Me = component(
  'Me',
  'The caller, and what it may do and see.',
  {
    client: text('Id of the client. For a JWT: `jwt:` and its subject.'),
    tenant: text('Id of the tenant.'),
    authentication: getOne(['api-key', 'jwt', 'off'], {
      description: 'How the caller authenticated. `off`: this gateway does not authenticate its callers.',
    }),
    scopes: textList('The scopes of the caller: what it may do.'),
    grants: ref(CallerGrants),
    connections: Type.Array(ref(CallerConnection), {
      description: 'The LionDesk connections that the caller may use: configured ones first, then the oldest first.',
    }),
    rateLimit: refOrNull(CallerRateLimit, 'Null if this gateway does not limit the requests of a client.'),
    expiresAt: timeOrNull('When the JWT expires. Null for an API key, which works until the operator withdraws it.'),
  },
  {
    client: 'web',
    tenant: 'default',
    authentication: 'api-key',
    scopes: ['leads:read', 'events:read'],
    grants: { brokerages: ['b1001'], teams: [], agents: ['agent1@example.com'], connections: '*' },
    connections: [{ id: 'c5f1e0d2b7a94c6380e1d2f3a', status: 'connected' }],
    rateLimit: { limit: 6000, remaining: 5988, resetsIn: 42 },
    expiresAt: null,
  },
)
