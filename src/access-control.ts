/** Defines who may do and see what: scopes, grants and callers. */
import { Problem } from './problems.ts'

export const scopes = [
  'properties:read',
  'leads:read',
  'brokerages:read',
  'contacts:read',
  'events:read',
  'events:write',
  'tokens:issue',
  'connections:manage',
  'source:read',
  'ops:read',
] as const

export type Scope = (typeof scopes)[number]

/** Ids that a client may see, or `*` for all ids of its tenant. */
type Grant = ReadonlySet<string> | '*'

export const grantKinds = ['brokerages', 'teams', 'agents', 'connections'] as const

type GrantKind = (typeof grantKinds)[number]

/** What a client may see, by kind of object. Agents are e-mail addresses in lower case. */
export type Grants = Readonly<Record<GrantKind, Grant>>

/** An authenticated client. */
export interface Caller {
  readonly tenant: string
  /** The configured client id, or the subject of a JWT. Unique within the tenant. */
  readonly client: string
  readonly scopes: ReadonlySet<Scope>
  readonly grants: Grants
  /** Identifies the API key among those of the client; undefined without an API key. */
  readonly keyId?: string
  /** Expiry of the credentials in milliseconds since 1970; undefined for API keys. */
  readonly expiresAt?: number
  /** The `exp` claim of a JWT in milliseconds since 1970. `expiresAt` is later by the tolerated clock difference. */
  readonly tokenExpiresAt?: number
  /** The only feed that the caller's ticket allows. */
  readonly onlyFeed?: string
  /** True for a ticket issued to a JWT client, whose grant was checked at that time. */
  readonly isGrantChecked?: boolean
}

export const allGrants: Grants = { brokerages: '*', teams: '*', agents: '*', connections: '*' }

/** Converts lists of ids to grants. A missing list grants nothing. E-mail addresses are compared in lower case. */
export const toGrants = (lists: Readonly<Partial<Record<GrantKind, '*' | readonly string[] | undefined>>>): Grants => {
  const toGrant = (kind: GrantKind): Grant => {
    const ids = lists[kind] ?? []
    return ids === '*' ? '*' : new Set(kind === 'agents' ? ids.map((id) => id.toLowerCase()) : ids)
  }
  return Object.fromEntries(grantKinds.map((kind) => [kind, toGrant(kind)])) as unknown as Grants
}

export const noGrants = toGrants({})

export const isGranted = (grant: Grant, id: string): boolean => grant === '*' || grant.has(id)

export const createScopeProblem = (scope: Scope): Problem =>
  new Problem('forbidden', {
    detail: `This operation needs the scope ${scope}.`,
    challenge: `error="insufficient_scope", scope="${scope}"`,
  })

export const requireScope = (caller: Caller, scope: Scope): void => {
  if (!caller.scopes.has(scope)) throw createScopeProblem(scope)
}

const grantDetails: Record<GrantKind, string> = {
  brokerages: 'You have no grant for this brokerage.',
  teams: 'You have no grant for this team.',
  agents: 'You have no grant for this agent.',
  // A client with a grant for all connections gets this for an unknown id.
  connections: 'No LionDesk connection has this id, or you have no grant for it.',
}

/**
 * The same problem for a missing object and for an object of someone else, so that the response does not reveal which
 * ids exist.
 */
export const createGrantProblem = (kind: GrantKind): Problem => new Problem('forbidden', { detail: grantDetails[kind] })

export const requireGrant = (caller: Caller, kind: GrantKind, id: string): void => {
  if (!isGranted(caller.grants[kind], id)) throw createGrantProblem(kind)
}
