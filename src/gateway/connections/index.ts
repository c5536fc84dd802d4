import { type Caller, notGranted } from '#src/access-control.ts'
import { Problem, refusedParameter } from '#src/problems.ts'
import type { Store } from '#src/store/store.ts'
import type { TokenSource, Upstreams } from '#src/upstreams/index.ts'
import type { Sealer } from '../crypto/encryption.ts'
import type { Signer } from '../crypto/signing.ts'
import { createConsent, type Return } from './authorization-flow.ts'
import type { ConfiguredConnection } from './configured.ts'
import { describeConfigured, describeStored } from './present.ts'
import type { Held } from './record.ts'
import { createTenant, type Tenant, type TenantConnections } from './tenant-connections.ts'
import { createRenewal } from './token-renewal.ts'
import { createTokenSources, lasting } from './token-source.ts'

export type { ConfiguredConnection } from './configured.ts'
export type { TenantConnections } from './tenant-connections.ts'

export interface ConnectionsOptions {
  store: Store
  sealer: Sealer
  signer: Signer
  upstreams: Pick<Upstreams, 'liondeskOAuth'>
  /** Where LionDesk sends browsers back to. */
  callbackUrl: string
  now: () => Date
}

/** The LionDesk accounts that a caller may act for. */
export const createConnections = ({ store, sealer, signer, upstreams, callbackUrl, now }: ConnectionsOptions) => {
  let tenants = new Map<string, Tenant>()
  const tenantOf = (id: string): Tenant => {
    const known = tenants.get(id)
    // It was taken out of the configuration while the request was on its way.
    if (!known) throw new Problem('unauthenticated')
    return known
  }
  const renewal = createRenewal({ store, oauthOf: ({ tenant }) => upstreams.liondeskOAuth(tenant), now })
  const renewing = createTokenSources(renewal, now)
  const consent = createConsent({
    store,
    signer,
    oauthOf: upstreams.liondeskOAuth,
    tenantOf: (id) => tenants.get(id) ?? null,
    callbackUrl,
    now,
  })

  const sourceOfConfigured = async (tenant: Tenant, connection: ConfiguredConnection): Promise<TokenSource> => {
    if ('accessToken' in connection) return lasting(connection.accessToken)
    await tenant.configured.view.recent()
    return renewing(tenant.configuredAccount(connection))
  }

  /** None of the caller's is 409, several without a choice 400, and any but his 403, whether it exists or not. */
  const choose = async (tenant: Tenant, caller: Caller, requested?: string): Promise<ConfiguredConnection | Held> => {
    const configured = tenant.configuredOf(caller)
    const named = configured.find(({ id }) => id === requested)
    if (named) return named
    const stored = await tenant.storedOf(caller)
    if (requested !== undefined) return theOne(stored, requested)
    const [first, ...others] = [...configured, ...stored.filter(({ record }) => record.status !== 'pending')]
    if (others.length > 0) throw refusedParameter('connection', 'is needed: you have several')
    if (!first)
      throw new Problem('reauthorization-required', {
        detail: 'You have no LionDesk connection. Create one with POST /connections.',
      })
    return first
  }

  const chosen = async (caller: Caller, requested?: string): Promise<{ id: string; tokens: TokenSource }> => {
    const tenant = tenantOf(caller.tenant)
    const connection = await choose(tenant, caller, requested)
    const isOfUser = 'text' in connection
    const tokens = isOfUser ? renewing(tenant.userAccount(connection.id)) : await sourceOfConfigured(tenant, connection)
    return { id: connection.id, tokens }
  }

  /** One of the caller's that a user connected, as the store holds it now. */
  const isStored = async (caller: Caller, id: string): Promise<boolean> =>
    (await tenantOf(caller.tenant).storedOf(caller, true)).some((held) => held.id === id)

  const refuseConfigured = (caller: Caller, id: string): void => {
    const configured = tenantOf(caller.tenant).configuredOf(caller)
    if (!configured.some((each) => each.id === id)) return
    throw new Problem('conflict', {
      detail: 'This connection is part of the configuration. Only the operator can change it.',
    })
  }

  const describeAll = async (caller: Caller, isPresent: boolean) => {
    const tenant = tenantOf(caller.tenant)
    const configured = tenant.configuredOf(caller)
    const { view } = tenant.configured
    const isRenewed = configured.some((each) => 'refreshToken' in each)
    const kept = isRenewed ? await (isPresent ? view.present() : view.recent()) : new Map()
    const stored = await tenant.storedOf(caller, isPresent)
    return [
      ...configured.map((each) => describeConfigured(each, kept.get(each.id) ?? null, now)),
      ...stored.toSorted(oldestFirst).map(describeStored),
    ]
  }

  return {
    configure: (given: readonly TenantConnections[]): void => {
      tenants = new Map(
        given.map(({ id, liondesk }) => {
          const tenant = tenants.get(id) ?? createTenant(id, store, sealer, now)
          tenant.configure(liondesk)
          return [id, tenant]
        }),
      )
    },
    chosen,
    tokensOf: async (caller: Caller, requested?: string) => (await chosen(caller, requested)).tokens,
    list: (caller: Caller) => describeAll(caller, true),
    /** At most two seconds old, and older while the store is unavailable. */
    listRecent: (caller: Caller) => describeAll(caller, false),
    start: async (caller: Caller, reauthorize?: string) => {
      if (reauthorize !== undefined) {
        refuseConfigured(caller, reauthorize)
        if (!(await isStored(caller, reauthorize))) throw noSuchReauthorization()
      }
      return consent.start(caller, tenantOf(caller.tenant), reauthorize)
    },
    complete: (back: Return) => consent.complete(back),
    remove: async (caller: Caller, id: string): Promise<void> => {
      refuseConfigured(caller, id)
      const { users } = tenantOf(caller.tenant)
      const isRemoved = (await isStored(caller, id)) && (await users.repository.remove(id))
      if (!isRemoved) throw new Problem('not-found', { detail: 'This connection does not exist.' })
      users.view.forget(id)
    },
    /** Until every token call on its way has ended, and what it brought is kept. */
    settle: renewal.settle,
  }
}

const theOne = (stored: readonly Held[], id: string): Held => {
  const found = stored.find((held) => held.id === id)
  if (!found) throw notGranted('connections')
  return found
}

const oldestFirst = (a: Held, b: Held): number => a.record.createdAt - b.record.createdAt

const noSuchReauthorization = (): Problem => {
  const message = 'is not the id of one of your connections'
  return new Problem('unprocessable', {
    detail: `reauthorize ${message}.`,
    errors: [{ path: 'body/reauthorize', message }],
  })
}

export type Connections = ReturnType<typeof createConnections>
