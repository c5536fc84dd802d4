/** The words of authorisation: who asks, and what a client may do and see. */
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

/** Ids that a client may see, or all of its tenant's. */
export type Grant = ReadonlySet<string> | '*'

export const grantKinds = ['brokerages', 'teams', 'agents', 'connections'] as const

export type GrantKind = (typeof grantKinds)[number]

/** What a client may see, by the kind of object. Agents are e-mail addresses in lower case. */
export type Grants = Readonly<Record<GrantKind, Grant>>

/** Who asks. */
export interface Caller {
  readonly tenant: string
  /** Of a key: the id that the operator gave its client; of a token: its subject. Unique within the tenant. */
  readonly client: string
  readonly scopes: ReadonlySet<Scope>
  readonly grants: Grants
  /** Names the key that was sent, among those of the client; undefined: no key was sent. */
  readonly keyId?: string
  /** When the credentials end, in milliseconds since 1970; undefined: when the operator withdraws them. */
  readonly expiresAt?: number
  /** The `exp` of a JWT, in milliseconds since 1970; `expiresAt` is later by the tolerated clock difference. */
  readonly tokenExpiresAt?: number
  /** Of a caller who came with a ticket: the one feed that it is for. */
  readonly onlyFeed?: string
  /** Of a ticket that stands in for a token: the token's grant was checked when the ticket was issued. */
  readonly isGrantChecked?: boolean
}

export const allGrants: Grants = { brokerages: '*', teams: '*', agents: '*', connections: '*' }

/** What is absent is nothing. E-mail addresses are compared in lower case. */
export const toGrants = (lists: Readonly<Partial<Record<GrantKind, '*' | readonly string[] | undefined>>>): Grants => {
  const toGrant = (kind: GrantKind): Grant => {
    const ids = lists[kind] ?? []
    return ids === '*' ? '*' : new Set(kind === 'agents' ? ids.map((id) => id.toLowerCase()) : ids)
  }
  return Object.fromEntries(grantKinds.map((kind) => [kind, toGrant(kind)])) as unknown as Grants
}

export const noGrants = toGrants({})

export const covers = (grant: Grant, id: string): boolean => grant === '*' || grant.has(id)

export const createScopeProblem = (scope: Scope): Problem =>
  new Problem('forbidden', {
    detail: `This operation needs the scope ${scope}.`,
    challenge: `error="insufficient_scope", scope="${scope}"`,
  })

export const requireScope = (caller: Caller, scope: Scope): void => {
  if (!caller.scopes.has(scope)) throw createScopeProblem(scope)
}

const grantLabels: Record<GrantKind, string> = {
  brokerages: 'brokerage',
  teams: 'team',
  agents: 'agent',
  connections: 'LionDesk connection',
}

/** The same answer for what does not exist as for what is somebody else's. */
export const createGrantProblem = (kind: GrantKind): Problem =>
  new Problem('forbidden', { detail: `You have no grant for this ${grantLabels[kind]}.` })

export const requireGrant = (caller: Caller, kind: GrantKind, id: string): void => {
  if (!covers(caller.grants[kind], id)) throw createGrantProblem(kind)
}
