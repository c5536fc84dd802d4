import { type Caller, type Grants, grantKinds, scopes } from '#src/access-control.ts'
import { toTimestamp } from '#src/lib/units.ts'
import type { Connections } from './connections/index.ts'

/** The last second that RFC 3339 can represent. */
const maxTimeMs = Date.UTC(9999, 11, 31, 23, 59, 59)

const getAuthentication = ({ keyId, tokenExpiresAt }: Caller): 'api-key' | 'jwt' | 'off' => {
  if (keyId !== undefined) return 'api-key'
  return tokenExpiresAt === undefined ? 'off' : 'jwt'
}

const toGrantLists = (grants: Grants) => {
  const lists = grantKinds.map((kind) => [kind, grants[kind] === '*' ? '*' : [...grants[kind]]])
  return Object.fromEntries(lists) as Record<keyof Grants, string[] | '*'>
}

/** Describes a caller to itself, without an upstream call. */
export const createMe = (connections: Pick<Connections, 'listRecent'>) => async (caller: Caller) => {
  const connectionList = await connections.listRecent(caller)
  return {
    client: caller.client,
    tenant: caller.tenant,
    authentication: getAuthentication(caller),
    scopes: scopes.filter((scope) => caller.scopes.has(scope)),
    grants: toGrantLists(caller.grants),
    connections: connectionList.map(({ id, status }) => ({ id, status })),
    expiresAt: caller.tokenExpiresAt === undefined ? null : toTimestamp(Math.min(caller.tokenExpiresAt, maxTimeMs)),
  }
}
