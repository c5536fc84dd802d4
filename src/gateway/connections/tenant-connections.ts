import { type Caller, covers } from '#src/access-control.ts'
import type { Store } from '#src/store/store.ts'
import type { OAuthApplication } from '#src/upstreams/index.ts'
import type { Sealer } from '../crypto/encryption.ts'
import type { Account } from './account.ts'
import { type ConfiguredConnection, createSeedRecord, type RenewableConnection } from './configured.ts'
import { createLocalView } from './local-view.ts'
import type { StoredConnection } from './record.ts'
import { type ConnectionKind, createConnectionRepository } from './repository.ts'

/** What a tenant's configuration says of LionDesk. */
export interface TenantConnections {
  readonly id: string
  readonly liondesk: {
    readonly application: OAuthApplication | null
    readonly connections: readonly ConfiguredConnection[]
  }
}

/** The connections of one tenant: those in the store, and those in the configuration, which may change. */
export const createConnectionTenant = (id: string, store: Store, sealer: Sealer, now: () => Date) => {
  const createCollection = (kind: ConnectionKind) => {
    const repository = createConnectionRepository(store, sealer, kind, id)
    return { repository, view: createLocalView(repository, now) }
  }
  const users = createCollection('connections')
  const configured = createCollection('configured connections')
  let liondesk: TenantConnections['liondesk'] = { application: null, connections: [] }

  /** The only reason not to know is a store that is lost; without an application there is nothing to know. */
  const toNoneIfUnused = (error: unknown): ReadonlyMap<string, StoredConnection> => {
    if (liondesk.application) throw error
    return new Map()
  }

  return {
    id,
    users,
    configured,
    configure: (settings: TenantConnections['liondesk']): void => {
      liondesk = settings
    },
    getApplication: () => liondesk.application,
    listConfigured: ({ grants }: Caller) => liondesk.connections.filter((each) => covers(grants.connections, each.id)),
    /** Those that he began, and those granted to him. */
    listStored: async (caller: Caller, isCurrent = false): Promise<StoredConnection[]> => {
      const connections = await (isCurrent ? users.view.readCurrent() : users.view.getRecent().catch(toNoneIfUnused))
      return [...connections.values()].filter(
        (each) => isVisibleTo(caller, each) && !isAbandoned(each, now().getTime()),
      )
    },
    getUserAccount: (connection: string): Account => ({
      key: JSON.stringify(['connections', id, connection]),
      tenant: id,
      id: connection,
      ...users,
      getApplication: () => liondesk.application,
      createSeed: () => null,
    }),
    getConfiguredAccount: (connection: RenewableConnection): Account => ({
      key: JSON.stringify(['configured connections', id, connection.id]),
      tenant: id,
      id: connection.id,
      ...configured,
      getApplication: () => liondesk.application,
      createSeed: (found) => createSeedRecord(connection, found, now),
    }),
  }
}

export type ConnectionTenant = ReturnType<typeof createConnectionTenant>

const isVisibleTo = ({ client, grants }: Caller, { id, record }: StoredConnection): boolean =>
  record.client === client || covers(grants.connections, id)

/** Nobody came back from LionDesk in time. */
export const isAbandoned = ({ record }: StoredConnection, now: number): boolean =>
  record.status === 'pending' && (record.pendingUntil ?? 0) <= now
