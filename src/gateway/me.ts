import { type Caller, type Grants, grantKinds, scopes } from '#src/access-control.ts'
import type { Connections } from './connections/index.ts'

/** The last second that RFC 3339 can write. */
const maxTime = Date.UTC(9999, 11, 31, 23, 59, 59)

const toTime = (milliseconds: number): string =>
  new Date(Math.min(milliseconds, maxTime)).toISOString().replace(/\.\d{3}Z$/, 'Z')

const getAuthentication = ({ keyId, tokenExpiresAt }: Caller): 'api-key' | 'jwt' | 'off' => {
  if (keyId !== undefined) return 'api-key'
  return tokenExpiresAt === undefined ? 'off' : 'jwt'
}

const toLists = (grants: Grants) => {
  const lists = grantKinds.map((kind) => [kind, grants[kind] === '*' ? '*' : [...grants[kind]]])
  return Object.fromEntries(lists) as Record<keyof Grants, string[] | '*'>
}

/** Describes a caller to itself. It makes no upstream call. */
export const createMe = (connections: Pick<Connections, 'listRecent'>) => async (caller: Caller) => {
  const usable = await connections.listRecent(caller)
  return {
    client: caller.client,
    tenant: caller.tenant,
    authentication: getAuthentication(caller),
    scopes: scopes.filter((scope) => caller.scopes.has(scope)),
    grants: toLists(caller.grants),
    connections: usable.map(({ id, status }) => ({ id, status })),
    expiresAt: caller.tokenExpiresAt === undefined ? null : toTime(caller.tokenExpiresAt),
  }
}
