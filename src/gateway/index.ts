import type { Store } from '#src/store/store.ts'
import type { CacheObserver } from '#src/upstream-observer.ts'
import { mappingTables, type TenantAccounts, type Upstreams } from '#src/upstreams/index.ts'
import { createAccessTokens } from './access-tokens.ts'
import { createAuthorizer } from './authorizer.ts'
import { createBrokerages } from './brokerages.ts'
import { createCachedSpacio } from './cache/cached-spacio.ts'
import { createConnections, type TenantConnections } from './connections/index.ts'
import { createCrm } from './crm.ts'
import type { Sealer } from './crypto/encryption.ts'
import type { Signer } from './crypto/signing.ts'
import { createEventProperties } from './event-properties.ts'
import { createLeadFeed, type FeedSettings } from './feed/index.ts'
import { createGetLionDesk } from './get-liondesk.ts'
import { createIdempotency } from './idempotency/index.ts'
import { createLeads } from './leads/index.ts'
import type { SpacioPaging } from './leads/list.ts'
import { createPropertyJoin } from './leads/property-join.ts'
import { createLeadReader } from './leads/reader.ts'
import { createMe } from './me.ts'
import { createOwnership } from './ownership.ts'
import { createProperties } from './properties.ts'
import type { RequestContext } from './request-context.ts'

type GatewayTenant = TenantAccounts & TenantConnections

interface GatewayOptions {
  tenants: readonly GatewayTenant[]
  upstreams: Upstreams
  spacioPaging: SpacioPaging
  store: Store
  signer: Signer
  sealer: Sealer
  /** The redirect URI that is registered with LionDesk. */
  callbackUrl: string
  feed: FeedSettings
  cacheObserver: CacheObserver
  /** Called when background work fails unexpectedly. */
  reportFailure: (error: unknown) => void
  now: () => Date
  /** The same clock in milliseconds. */
  nowMs: () => number
}

/** Creates the use cases, one module per resource. Routes call nothing else. */
export const createGateway = ({
  tenants,
  upstreams,
  spacioPaging,
  store,
  signer,
  sealer,
  callbackUrl,
  feed,
  cacheObserver,
  reportFailure,
  now,
  nowMs,
}: GatewayOptions) => {
  const cachedSpacio = createCachedSpacio(upstreams, nowMs, cacheObserver)
  const ownership = createOwnership(cachedSpacio, upstreams.getAccountId, nowMs)
  const authorizer = createAuthorizer(ownership)
  const connections = createConnections({ store, sealer, signer, upstreams, callbackUrl, now })
  const leadReader = createLeadReader(upstreams, ownership)
  const joinProperties = createPropertyJoin(ownership, authorizer)
  const idempotency = createIdempotency(store, sealer)
  connections.configure(tenants)
  return {
    /** Replaces the tenants. Requests in progress finish with the earlier configuration. */
    configure: (tenantConfigs: readonly GatewayTenant[]) => {
      upstreams.configure(tenantConfigs)
      connections.configure(tenantConfigs)
    },
    properties: createProperties(cachedSpacio, authorizer),
    leads: createLeads(leadReader, authorizer, joinProperties, store, spacioPaging, now),
    feed: createLeadFeed({
      authorizer,
      ownership,
      joinProperties,
      reader: leadReader,
      store,
      signer,
      settings: feed,
      getUsage: upstreams.getUsage,
      reportFailure,
      now,
    }),
    accessTokens: createAccessTokens(upstreams, authorizer),
    brokerages: createBrokerages(cachedSpacio, authorizer, now),
    connections,
    crm: createCrm(createGetLionDesk(upstreams, connections)),
    eventProperties: createEventProperties({ upstreams, connections, authorizer, cachedSpacio, idempotency }),
    me: createMe(connections),
    mappings: () => mappingTables,
    upstreams: ({ caller }: RequestContext) => upstreams.getStatus(caller.tenant),
    getUsage: upstreams.getUsage,
  }
}

export type Gateway = ReturnType<typeof createGateway>
