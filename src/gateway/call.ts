import { Problem } from '#src/problems.ts'

export const scopes = [
  'properties:read',
  'leads:read',
  'brokerages:read',
  'events:read',
  'events:write',
  'tokens:issue',
  'connections:manage',
  'source:read',
  'ops:read',
] as const

export type Scope = (typeof scopes)[number]

/** Who asks. */
export interface Caller {
  readonly tenant: string
  readonly scopes: ReadonlySet<Scope>
  /** Of a caller who came with a ticket: the one feed that it is for. */
  readonly onlyFeed?: string
}

/** One request as the use cases see it. */
export interface Call {
  readonly caller: Caller
  /** Aborts when the client has left. */
  readonly signal: AbortSignal
  /** Whether the wire records are wanted with what they became. */
  readonly includeSource: boolean
}

export const requireScope = (caller: Caller, scope: Scope): void => {
  if (caller.scopes.has(scope)) return
  throw new Problem('forbidden', { detail: `This needs the scope ${scope}.` })
}
