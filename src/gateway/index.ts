import type { Store } from '#src/store/port.ts'
import { mappingTables, type Upstreams } from '#src/upstreams/index.ts'
import { createAccessTokenIssue } from './access-tokens.ts'
import { createBrokerages } from './brokerages.ts'
import { createEventProperties } from './event-properties.ts'
import { createLeadFeed, type FeedSettings } from './feed/index.ts'
import { createLeads } from './leads/index.ts'
import type { SpacioPaging } from './leads/list.ts'
import { createLeadReader } from './leads/reader.ts'
import { createOwnership } from './ownership.ts'
import { createProperties } from './properties.ts'
import type { Signer } from './signing.ts'

export interface GatewayOptions {
  upstreams: Upstreams
  spacioPaging: SpacioPaging
  store: Store
  signer: Signer
  feed: FeedSettings
  now: () => Date
}

/** The use cases, one module a resource: all that a route may call. */
export const createGateway = ({ upstreams, spacioPaging, store, signer, feed, now }: GatewayOptions) => {
  const ownership = createOwnership(upstreams, now)
  const leadReader = createLeadReader(upstreams, ownership)
  return {
    properties: createProperties(upstreams),
    leads: createLeads(leadReader, spacioPaging, now),
    feed: createLeadFeed({
      reader: leadReader,
      store,
      signer,
      settings: feed,
      usedThisHour: (tenant) => upstreams.spacio(tenant).callsThisHour(),
      now,
    }),
    accessTokens: createAccessTokenIssue(upstreams),
    brokerages: createBrokerages(upstreams, now),
    eventProperties: createEventProperties(upstreams),
    mappings: () => mappingTables,
    upstreams: () => upstreams.status(),
  }
}

export type Gateway = ReturnType<typeof createGateway>
