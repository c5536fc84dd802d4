import { type Caller, covers } from '#src/access-control.ts'
import type { Store } from '#src/store/store.ts'
import type { Application } from '#src/upstreams/index.ts'
import type { Sealer } from '../crypto/encryption.ts'
import type { Account } from './account.ts'
import { type ConfiguredConnection, type RenewableConnection, seedOf } from './configured.ts'
import { createView } from './local-view.ts'
import type { Held } from './record.ts'
import { createRepository, type Kind } from './repository.ts'

/** What a tenant's configuration says of LionDesk. */
export interface TenantConnections {
  readonly id: string
  readonly liondesk: {
    readonly application: Application | null
    readonly connections: readonly ConfiguredConnection[]
  }
}

/** The connections of one tenant: those in the store, and those in the configuration, which may change. */
export const createTenant = (id: string, store: Store, sealer: Sealer, now: () => Date) => {
  const shelf = (kind: Kind) => {
    const repository = createRepository(store, sealer, kind, id)
    return { repository, view: createView(repository, now) }
  }
  const users = shelf('connections')
  const configured = shelf('configured connections')
  let liondesk: TenantConnections['liondesk'] = { application: null, connections: [] }

  /** The only reason not to know is a store that is lost; without an application there is nothing to know. */
  const orNone = (error: unknown): ReadonlyMap<string, Held> => {
    if (liondesk.application) throw error
    return new Map()
  }

  return {
    id,
    users,
    configured,
    configure: (given: TenantConnections['liondesk']): void => {
      liondesk = given
    },
    application: () => liondesk.application,
    configuredOf: ({ grants }: Caller) => liondesk.connections.filter((each) => covers(grants.connections, each.id)),
    /** Those that he began, and those granted to him. */
    storedOf: async (caller: Caller, isPresent = false): Promise<Held[]> => {
      const held = await (isPresent ? users.view.present() : users.view.recent().catch(orNone))
      return [...held.values()].filter((each) => isOf(caller, each) && !isGivenUp(each, now().getTime()))
    },
    userAccount: (connection: string): Account => ({
      key: JSON.stringify(['connections', id, connection]),
      tenant: id,
      id: connection,
      ...users,
      application: () => liondesk.application,
      seed: () => null,
    }),
    configuredAccount: (connection: RenewableConnection): Account => ({
      key: JSON.stringify(['configured connections', id, connection.id]),
      tenant: id,
      id: connection.id,
      ...configured,
      application: () => connection,
      seed: (found) => seedOf(connection, found, now),
    }),
  }
}

export type Tenant = ReturnType<typeof createTenant>

const isOf = ({ client, grants }: Caller, { id, record }: Held): boolean =>
  record.client === client || covers(grants.connections, id)

/** Nobody came back from LionDesk in time. */
export const isGivenUp = ({ record }: Held, now: number): boolean =>
  record.status === 'pending' && (record.pendingUntil ?? 0) <= now
