/** What a consent, or the lack of one, does to the records of a tenant's users. */
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
  for (const { id } of all.filter((held) => isAbandoned(held, time))) {
    await repository.remove(id)
    view.forget(id)
  }
  return all.filter((held) => !isAbandoned(held, time))
}

/** One that was connected before stays as it is. */
export const removePending = async ({ repository, view }: Users, id: string): Promise<void> => {
  if ((await repository.find(id))?.record.status !== 'pending') return
  await repository.remove(id)
  view.forget(id)
}

/** A new consent wins over whatever is there, but never revives what was removed meanwhile. */
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

/** Whoever uses a connection must not suddenly write to somebody else's account. */
const rejectOtherAccount = (before: LionDeskUser | null, now: LionDeskUser | null): void => {
  if (!before?.id || !now?.id || before.id === now.id) return
  const detail = 'This connection is of another LionDesk account. Connect this one as a new connection.'
  throw new Problem('conflict', { detail })
}

/** Of the URL that a browser came back with. */
export const createParameterProblem = (name: string, message: string): Problem =>
  new Problem('invalid-request', { detail: `${name} ${message}.`, errors: [{ path: `query/${name}`, message }] })
