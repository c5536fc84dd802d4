import { mappingTables, type Upstreams } from '#src/upstreams/index.ts'
import { createAccessTokenIssue } from './access-tokens.ts'
import { createBrokerages } from './brokerages.ts'
import { createEventProperties } from './event-properties.ts'
import { createLeads } from './leads.ts'
import { createOwnership } from './ownership.ts'
import { createProperties } from './properties.ts'

/** The use cases, one module a resource: all that a route may call. */
export const createGateway = (upstreams: Upstreams, now: () => Date) => {
  const ownership = createOwnership(upstreams, now)
  return {
    properties: createProperties(upstreams),
    leads: createLeads(upstreams, ownership, now),
    accessTokens: createAccessTokenIssue(upstreams),
    brokerages: createBrokerages(upstreams, now),
    eventProperties: createEventProperties(upstreams),
    mappings: () => mappingTables,
    upstreams: () => upstreams.status(),
  }
}

export type Gateway = ReturnType<typeof createGateway>
