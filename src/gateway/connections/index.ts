import { type Caller, createGrantProblem } from '#src/access-control.ts'
import { createParameterProblem, createUnprocessableProblem, Problem } from '#src/problems.ts'
import type { Store } from '#src/store/store.ts'
import type { TokenSource, Upstreams } from '#src/upstreams/index.ts'
import type { Sealer } from '../crypto/encryption.ts'
import type { Signer } from '../crypto/signing.ts'
import { createReauthorization } from './account.ts'
import { createAuthorizationFlow } from './authorization-flow.ts'
import { type ConfiguredConnection, describeConfigured, describeStored, digestAccount } from './configured.ts'
import type { StoredConnection } from './repository.ts'
import { type ConnectionTenant, createConnectionTenant, type TenantConnections } from './tenant-connections.ts'
import { createTokenRenewal } from './token-renewal.ts'
import { createStaticTokenSource, createTokenSources } from './token-source.ts'

export type { ConfiguredConnection } from './configured.ts'
export type { TenantConnections } from './tenant-connections.ts'

interface ChosenConnection {
  id: string
  /** Identifies the LionDesk account in the keys of stored data, because a reload can give a connection another one. */
  account: string
  tokens: TokenSource
}

interface ConnectionsOptions {
  store: Store
  sealer: Sealer
  signer: Signer
  upstreams: Pick<Upstreams, 'getLionDeskOAuth'>
  /** The redirect URI that is registered with LionDesk. */
  callbackUrl: string
  now: () => Date
}

/** The LionDesk accounts that a caller may use. */
export const createConnections = ({ store, sealer, signer, upstreams, callbackUrl, now }: ConnectionsOptions) => {
  let tenants = new Map<string, ConnectionTenant>()
  const getTenant = (id: string): ConnectionTenant => {
    const known = tenants.get(id)
    // The tenant was removed from the configuration while the request was in progress.
    if (!known) throw new Problem('unauthenticated')
    return known
  }
  const renewal = createTokenRenewal({ store, getOAuth: ({ tenant }) => upstreams.getLionDeskOAuth(tenant), now })
  const createRenewingSource = createTokenSources(renewal, now)
  const authorization = createAuthorizationFlow({
    store,
    signer,
    getOAuth: upstreams.getLionDeskOAuth,
    findTenant: (id) => tenants.get(id) ?? null,
    callbackUrl,
    now,
  })

  const getConfiguredSource = async (
    tenant: ConnectionTenant,
    connection: ConfiguredConnection,
  ): Promise<TokenSource> => {
    if ('accessToken' in connection) return createStaticTokenSource(connection.accessToken)
    await tenant.configured.cache.getRecent()
    return createRenewingSource(tenant.getConfiguredAccount(connection))
  }

  /**
   * Throws 409 without any connection, 400 if the choice is ambiguous, and 403 for a connection of others, existing or
   * not.
   */
  const findConnection = async (
    tenant: ConnectionTenant,
    caller: Caller,
    requested?: string,
  ): Promise<ConfiguredConnection | StoredConnection> => {
    const configured = tenant.listConfigured(caller)
    const requestedConnection = configured.find(({ id }) => id === requested)
    if (requestedConnection) return requestedConnection
    const stored = await tenant.listStored(caller)
    if (requested !== undefined) return requireStored(stored, requested)
    const [first, ...others] = [...configured, ...stored.filter(({ record }) => record.status !== 'pending')]
    if (others.length > 0)
      throw createParameterProblem('connection', 'is missing: you have several connections, so name one of them')
    if (!first)
      throw new Problem('reauthorization-required', {
        detail: 'You have no LionDesk connection. Create one with POST /connections.',
      })
    return first
  }

  const chooseConnection = async (caller: Caller, requested?: string): Promise<ChosenConnection> => {
    const tenant = getTenant(caller.tenant)
    const connection = await findConnection(tenant, caller, requested)
    const isOfUser = 'text' in connection
    if (isOfUser && tenant.belongsToOtherApplication(connection)) throw createReauthorization(connection.id)
    const tokens = isOfUser
      ? createRenewingSource(tenant.getUserAccount(connection.id))
      : await getConfiguredSource(tenant, connection)
    const account = isOfUser ? JSON.stringify(connection.record.secrets?.user ?? null) : digestAccount(connection)
    return { id: connection.id, account, tokens }
  }

  /** True if the store currently has this connection and a user of the caller created it. */
  const isStored = async (caller: Caller, id: string): Promise<boolean> =>
    (await getTenant(caller.tenant).listStored(caller, true)).some((connection) => connection.id === id)

  const rejectConfigured = (caller: Caller, id: string): void => {
    const configured = getTenant(caller.tenant).listConfigured(caller)
    if (!configured.some((each) => each.id === id)) return
    throw new Problem('conflict', {
      detail: 'This connection is part of the configuration. Only the operator can change it.',
    })
  }

  const describeAll = async (caller: Caller, isCurrent: boolean) => {
    const tenant = getTenant(caller.tenant)
    const configured = tenant.listConfigured(caller)
    const { cache } = tenant.configured
    const isRenewed = configured.some((each) => 'refreshToken' in each)
    const storedById = isRenewed ? await (isCurrent ? cache.readCurrent() : cache.getRecent()) : new Map()
    const stored = await tenant.listStored(caller, isCurrent)
    return [
      ...configured.map((each) => describeConfigured(each, storedById.get(each.id) ?? null, now)),
      ...stored.toSorted(compareOldestFirst).map((connection) => ({
        ...describeStored(connection),
        ...(tenant.belongsToOtherApplication(connection) && { status: 'reauthorization-required' as const }),
      })),
    ]
  }

  return {
    configure: (configurations: readonly TenantConnections[]): void => {
      tenants = new Map(
        configurations.map(({ id, liondesk }) => {
          const tenant = tenants.get(id) ?? createConnectionTenant(id, store, sealer, now)
          tenant.configure(liondesk)
          return [id, tenant]
        }),
      )
    },
    choose: chooseConnection,
    getTokens: async (caller: Caller, requested?: string) => (await chooseConnection(caller, requested)).tokens,
    list: (caller: Caller) => describeAll(caller, true),
    /** Throws 404 for a connection of others, existing or not. */
    get: async (caller: Caller, id: string) => {
      const found = (await describeAll(caller, true)).find((connection) => connection.id === id)
      if (!found) throw createNotFound()
      return found
    },
    /** At most two seconds old; older only while the store is unavailable. */
    listRecent: (caller: Caller) => describeAll(caller, false),
    start: async (caller: Caller, reauthorize?: string) => {
      if (reauthorize !== undefined) {
        rejectConfigured(caller, reauthorize)
        if (!(await isStored(caller, reauthorize))) throw createUnknownConnection()
      }
      return authorization.start(caller, getTenant(caller.tenant), reauthorize)
    },
    complete: authorization.complete,
    remove: async (caller: Caller, id: string): Promise<void> => {
      rejectConfigured(caller, id)
      const { users } = getTenant(caller.tenant)
      const isRemoved = (await isStored(caller, id)) && (await users.repository.remove(id))
      if (!isRemoved) throw createNotFound()
      users.cache.delete(id)
    },
    /** Resolves when all pending token calls have ended and their tokens are stored. */
    settle: renewal.settle,
  }
}

const requireStored = (stored: readonly StoredConnection[], id: string): StoredConnection => {
  const found = stored.find((connection) => connection.id === id)
  if (!found) throw createGrantProblem('connections')
  return found
}

const compareOldestFirst = (a: StoredConnection, b: StoredConnection): number => a.record.createdAt - b.record.createdAt

const createNotFound = (): Problem => new Problem('not-found', { detail: 'This connection does not exist.' })

const createUnknownConnection = (): Problem =>
  createUnprocessableProblem('body/reauthorize', 'reauthorize', 'is not the id of one of your connections')

export type Connections = ReturnType<typeof createConnections>
