/** How a consent, or its refusal, changes the stored connections of a tenant's users. */
import { Problem } from '#src/problems.ts'
import type { IssuedTokens, LionDeskUser } from '#src/upstreams/index.ts'
import { mergeSecrets } from './account.ts'
import type { ConnectionRecord, Secrets, StoredConnection } from './record.ts'
import { type ConnectionTenant, isAbandoned } from './tenant-connections.ts'

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
  { repository, view }: Users,
  all: StoredConnection[],
  time: number,
): Promise<StoredConnection[]> => {
  for (const { id } of all.filter((connection) => isAbandoned(connection, time))) {
    await repository.remove(id)
    view.delete(id)
  }
  return all.filter((connection) => !isAbandoned(connection, time))
}

/** Keeps a connection that was complete before this authorization. */
export const removePending = async ({ repository, view }: Users, id: string): Promise<void> => {
  if ((await repository.find(id))?.record.status !== 'pending') return
  await repository.remove(id)
  view.delete(id)
}

/** A new consent replaces the tokens, but never recreates a connection that was removed in the meantime. */
export const completeConnection = async (
  users: Users,
  { id, redirectUri }: { id: string; redirectUri: string },
  issued: IssuedTokens,
  user: LionDeskUser | null,
): Promise<StoredConnection> => {
  const found = await users.repository.find(id)
  if (!found) throw createParameterProblem('state', 'belongs to a connection that was removed meanwhile')
  rejectOtherAccount(found.record.secrets?.user ?? null, user)
  const secrets: Secrets = { ...mergeSecrets(null, issued), redirectUri, user }
  const connection = await users.repository.replace(found, {
    ...found.record,
    status: 'connected',
    pendingUntil: null,
    secrets,
  })
  return connection ?? completeConnection(users, { id, redirectUri }, issued, user)
}

/** A connection must not silently switch to another LionDesk account. */
const rejectOtherAccount = (before: LionDeskUser | null, now: LionDeskUser | null): void => {
  if (!before?.id || !now?.id || before.id === now.id) return
  const detail = 'This connection is of another LionDesk account. Connect this one as a new connection.'
  throw new Problem('conflict', { detail })
}

/** A problem with a query parameter of the callback URL. */
export const createParameterProblem = (name: string, message: string): Problem =>
  new Problem('invalid-request', { detail: `${name} ${message}.`, errors: [{ path: `query/${name}`, message }] })
