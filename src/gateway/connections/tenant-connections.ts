import { type Caller, isGranted } from '#src/access-control.ts'
import type { Store } from '#src/store/store.ts'
import type { OAuthApplication } from '#src/upstreams/index.ts'
import type { Sealer } from '../crypto/encryption.ts'
import type { Account } from './account.ts'
import { type ConfiguredConnection, createSeedRecord, type RenewableConnection } from './configured.ts'
import { createConnectionCache } from './connection-cache.ts'
import { type ConnectionKind, createConnectionRepository, type StoredConnection } from './repository.ts'

/** The LionDesk part of a tenant's configuration. */
export interface TenantConnections {
  readonly id: string
  readonly liondesk: {
    readonly application: OAuthApplication | null
    readonly connections: readonly ConfiguredConnection[]
  }
}

/** The connections of one tenant: the stored ones, and the configured ones, which a reload may change. */
export const createConnectionTenant = (id: string, store: Store, sealer: Sealer, now: () => Date) => {
  const createCollection = (kind: ConnectionKind) => {
    const repository = createConnectionRepository(store, sealer, kind, id)
    return { repository, cache: createConnectionCache(repository, now) }
  }
  const users = createCollection('connections')
  const configured = createCollection('configured connections')
  let liondesk: TenantConnections['liondesk'] = { application: null, connections: [] }

  /** Without a LionDesk application a tenant has no stored connections, so a store failure is irrelevant. */
  const ignoreIfUnused = (error: unknown): ReadonlyMap<string, StoredConnection> => {
    if (liondesk.application) throw error
    return new Map()
  }

  /** Tokens belong to the application that they were issued to (RFC 6749, section 6). */
  const belongsToOtherApplication = ({ record }: StoredConnection): boolean => {
    const clientId = record.secrets?.clientId
    return clientId !== undefined && clientId !== liondesk.application?.clientId
  }

  return {
    id,
    users,
    configured,
    configure: (settings: TenantConnections['liondesk']): void => {
      liondesk = settings
    },
    getApplication: () => liondesk.application,
    /** True if the operator has replaced the application since the user connected the account. */
    belongsToOtherApplication,
    listConfigured: ({ grants }: Caller) =>
      liondesk.connections.filter((each) => isGranted(grants.connections, each.id)),
    /** Returns the connections that the caller created and those granted to it. */
    listStored: async (caller: Caller, isCurrent = false): Promise<StoredConnection[]> => {
      const connections = await (isCurrent ? users.cache.readCurrent() : users.cache.getRecent().catch(ignoreIfUnused))
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
      getApplication: () => connection,
      createSeed: (found) => createSeedRecord(connection, found, now),
    }),
  }
}

export type ConnectionTenant = ReturnType<typeof createConnectionTenant>

export const isVisibleTo = ({ client, grants }: Caller, { id, record }: StoredConnection): boolean =>
  record.client === client || isGranted(grants.connections, id)

/** True if the user did not return from LionDesk in time. */
export const isAbandoned = ({ record }: StoredConnection, now: number): boolean =>
  record.status === 'pending' && (record.pendingUntil ?? 0) <= now
