import type { Store } from '#src/store/store.ts'
import type { CacheObserver } from '#src/upstream-observer.ts'
import { mappingTables, type TenantAccounts, type Upstreams } from '#src/upstreams/index.ts'
import { createAccessTokenIssue } from './access-tokens.ts'
import { createAuthority } from './authorizer.ts'
import { createBrokerages } from './brokerages.ts'
import { createSpacioReads } from './cache/cached-spacio.ts'
import { createConnections, type TenantConnections } from './connections/index.ts'
import type { Sealer } from './crypto/encryption.ts'
import type { Signer } from './crypto/signing.ts'
import { createEventProperties } from './event-properties.ts'
import { createLeadFeed, type FeedSettings } from './feed/index.ts'
import { createIdempotency } from './idempotency/index.ts'
import { createLeads } from './leads/index.ts'
import type { SpacioPaging } from './leads/list.ts'
import { createLeadReader } from './leads/reader.ts'
import { createMe } from './me.ts'
import { createOwnership } from './ownership.ts'
import { createProperties } from './properties.ts'
import type { Call } from './request-context.ts'

export type Tenant = TenantAccounts & TenantConnections

export interface GatewayOptions {
  tenants: readonly Tenant[]
  upstreams: Upstreams
  spacioPaging: SpacioPaging
  store: Store
  signer: Signer
  sealer: Sealer
  /** Where LionDesk sends browsers back to. */
  callbackUrl: string
  feed: FeedSettings
  cacheObserver: CacheObserver
  /** Told of work in the background that failed unexpectedly. */
  reportFailure: (error: unknown) => void
  now: () => Date
}

/** The use cases, one module a resource: all that a route may call. */
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
}: GatewayOptions) => {
  const reads = createSpacioReads(upstreams, now, cacheObserver)
  const ownership = createOwnership(reads, now)
  const authority = createAuthority(ownership)
  const connections = createConnections({ store, sealer, signer, upstreams, callbackUrl, now })
  const leadReader = createLeadReader(upstreams, ownership)
  const idempotency = createIdempotency(store, sealer)
  connections.configure(tenants)
  return {
    /** From now on these tenants; requests on their way end as they began. */
    configure: (changed: readonly Tenant[]) => {
      upstreams.configure(changed)
      connections.configure(changed)
    },
    properties: createProperties(reads, authority),
    leads: createLeads(leadReader, authority, spacioPaging, now),
    feed: createLeadFeed({
      authority,
      reader: leadReader,
      store,
      signer,
      settings: feed,
      usageOf: upstreams.usageOf,
      reportFailure,
      now,
    }),
    accessTokens: createAccessTokenIssue(upstreams, authority),
    brokerages: createBrokerages(reads, authority, now),
    connections,
    eventProperties: createEventProperties({ upstreams, connections, authority, reads, idempotency }),
    me: createMe(connections),
    mappings: () => mappingTables,
    upstreams: ({ caller }: Call) => upstreams.status(caller.tenant),
    usageOf: upstreams.usageOf,
  }
}

export type Gateway = ReturnType<typeof createGateway>
