/** What a consent, or the lack of one, does to the records of a tenant's users. */
import { Problem } from '#src/problems.ts'
import type { IssuedTokens, LionDeskUser } from '#src/upstreams/index.ts'
import { mergedSecrets } from './account.ts'
import type { ConnectionRecord, Held, Secrets } from './record.ts'
import { isGivenUp, type Tenant } from './tenant-connections.ts'

type Users = Tenant['users']

export const pendingRecord = (client: string, createdAt: number, pendingUntil: number): ConnectionRecord => ({
  status: 'pending',
  createdAt,
  client,
  pendingUntil,
  origins: [],
  secrets: null,
})

export const forgetGivenUp = async ({ repository, view }: Users, all: Held[], time: number): Promise<Held[]> => {
  for (const { id } of all.filter((held) => isGivenUp(held, time))) {
    await repository.remove(id)
    view.forget(id)
  }
  return all.filter((held) => !isGivenUp(held, time))
}

/** One that was connected before stays as it is. */
export const forgetPending = async ({ repository, view }: Users, id: string): Promise<void> => {
  if ((await repository.one(id))?.record.status !== 'pending') return
  await repository.remove(id)
  view.forget(id)
}

/** A new consent wins over whatever is there, but never revives what was removed meanwhile. */
export const connect = async (
  users: Users,
  { id, redirectUri }: { id: string; redirectUri: string },
  issued: IssuedTokens,
  user: LionDeskUser | null,
): Promise<Held> => {
  const found = await users.repository.one(id)
  if (!found) throw refused('state', 'belongs to a connection that was removed meanwhile')
  refuseOther(found.record.secrets?.user ?? null, user)
  const secrets: Secrets = { ...mergedSecrets(null, issued), redirectUri, user }
  const connected = await users.repository.replace(found, {
    ...found.record,
    status: 'connected',
    pendingUntil: null,
    secrets,
  })
  return connected ?? connect(users, { id, redirectUri }, issued, user)
}

/** Whoever uses a connection must not suddenly write to somebody else's account. */
const refuseOther = (before: LionDeskUser | null, now: LionDeskUser | null): void => {
  if (!before?.id || !now?.id || before.id === now.id) return
  const detail = 'This connection is of another LionDesk account. Connect this one as a new connection.'
  throw new Problem('conflict', { detail })
}

/** Of the URL that a browser came back with. */
export const refused = (name: string, message: string): Problem =>
  new Problem('invalid-request', { detail: `${name} ${message}.`, errors: [{ path: `query/${name}`, message }] })
