/** How a consent, or its denial, changes the stored connections of a tenant's users. */
import { type Caller, noGrants } from '#src/access-control.ts'
import { createParameterProblem, Problem } from '#src/problems.ts'
import type { IssuedTokens, LionDeskUser } from '#src/upstreams/index.ts'
import { mergeSecrets } from './account.ts'
import type { ConnectionRecord, Secrets, StoredConnection } from './repository.ts'
import { type ConnectionTenant, isAbandoned, isVisibleTo } from './tenant-connections.ts'

type Users = ConnectionTenant['users']

export const createPendingRecord = (client: string, createdAt: number, pendingUntil: number): ConnectionRecord => ({
  status: 'pending',
  createdAt,
  client,
  pendingUntil,
  origins: [],
  secrets: null,
})

export const removeAbandoned = async (
  { repository, cache }: Users,
  all: StoredConnection[],
  time: number,
): Promise<StoredConnection[]> => {
  for (const { id } of all.filter((connection) => isAbandoned(connection, time))) {
    await repository.remove(id)
    cache.delete(id)
  }
  return all.filter((connection) => !isAbandoned(connection, time))
}

/** Keeps a connection that was complete before this authorization. */
export const removePending = async ({ repository, cache }: Users, id: string): Promise<void> => {
  if ((await repository.find(id))?.record.status !== 'pending') return
  await repository.remove(id)
  cache.delete(id)
}

/** Returns the caller with its current configuration, or null if its client or key was withdrawn. */
export type FindCurrentCaller = (caller: Caller) => Caller | null

/** The configuration may have changed since the client started the authorization. */
export const requireCurrentClient = async (
  { tenant, client, keyId, id }: { tenant: ConnectionTenant; client: string; keyId?: string; id: string },
  findCurrentCaller: FindCurrentCaller,
): Promise<void> => {
  const caller = findCurrentCaller({
    tenant: tenant.id,
    client,
    ...(keyId !== undefined && { keyId }),
    // Those of a JWT were checked at the start; those of an API key come from the configuration.
    scopes: new Set(['connections:manage']),
    grants: { ...noGrants, connections: '*' },
  })
  const connection = await tenant.users.repository.find(id)
  const mayConnect = caller?.scopes.has('connections:manage') && (!connection || isVisibleTo(caller, connection))
  if (mayConnect) return
  await removePending(tenant.users, id)
  throw createParameterProblem('state', 'belongs to a client that may no longer connect this account')
}

/** A new consent replaces the tokens, but never recreates a connection that was removed in the meantime. */
export const completeConnection = async (
  users: Users,
  { id, redirectUri, clientId }: { id: string; redirectUri: string; clientId: string },
  issued: IssuedTokens,
  user: LionDeskUser | null,
): Promise<StoredConnection> => {
  const found = await users.repository.find(id)
  if (!found) throw createParameterProblem('state', 'belongs to a connection that has been removed')
  rejectOtherAccount(found.record.secrets?.user ?? null, user)
  const secrets: Secrets = { ...mergeSecrets(null, issued), redirectUri, user, clientId }
  const connection = await users.repository.replace(found, {
    ...found.record,
    status: 'connected',
    pendingUntil: null,
    secrets,
  })
  return connection ?? completeConnection(users, { id, redirectUri, clientId }, issued, user)
}

/** A connection must not silently switch to another LionDesk account. */
const rejectOtherAccount = (before: LionDeskUser | null, now: LionDeskUser | null): void => {
  if (!before?.id || !now?.id || before.id === now.id) return
  const detail = 'This connection is of another LionDesk account. Connect this one as a new connection.'
  throw new Problem('conflict', { detail })
}
