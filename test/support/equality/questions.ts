/** The requests for records to an upstream, and the mapping of their records. */
import { eventPropertyMapping } from '#src/upstreams/liondesk/mapping.ts'
import { accessTokenMapping, agentActivityMapping, claimedAgentMapping } from '#src/upstreams/spacio/mappings/agent.ts'
import { brokerageLeadMapping, propertyLeadMapping, teamLeadMapping } from '#src/upstreams/spacio/mappings/lead.ts'
import { hostedOpenHouseMapping, openHouseMapping } from '#src/upstreams/spacio/mappings/open-house.ts'
import { propertyMapping } from '#src/upstreams/spacio/mappings/property.ts'
import { type OperationName, operations } from '#src/upstreams/spacio/operations.ts'
import type { AnyMapping } from './plain.ts'

type LionDeskOperation = 'find' | 'get'

export interface DecodeRequest {
  readonly operation: OperationName | LionDeskOperation
  readonly form: Readonly<Record<string, string>>
  readonly tenant?: string
  readonly includeSource?: boolean
}

export const mappingByOperation = {
  getProperties: propertyMapping,
  getProperty: propertyMapping,
  getOHSessions: openHouseMapping,
  getRegistrants: propertyLeadMapping,
  getAccessToken: accessTokenMapping,
  getAccessTokenBM: accessTokenMapping,
  getRegistrantsByBrokerageV2: brokerageLeadMapping,
  getRegistrantsByBrokerage: brokerageLeadMapping,
  getRegistrantsByTeam: teamLeadMapping,
  getClaimedList: claimedAgentMapping,
  getActivityList: agentActivityMapping,
  getOHSessionCounts: hostedOpenHouseMapping,
  find: eventPropertyMapping,
  get: eventPropertyMapping,
} as const satisfies Record<DecodeRequest['operation'], AnyMapping>

export const fetchedAt = '2026-03-15T12:00:00Z'

export const isLionDesk = (operation: DecodeRequest['operation']): operation is LionDeskOperation =>
  operation === 'find' || operation === 'get'

export const isLead = ({ operation }: DecodeRequest): boolean => mappingByOperation[operation].schema === 'Lead'

/** The property of the request, if its leads do not contain it. */
export const getSid = ({ operation, form }: DecodeRequest): number | null =>
  operation === 'getRegistrants' ? Number(form.sid) : null

export const getShape = (operation: DecodeRequest['operation']) => {
  if (operation === 'find') return 'paged'
  return operation === 'get' ? 'record' : operations[operation].shape
}

export const getMethod = (operation: DecodeRequest['operation']): string =>
  isLionDesk(operation) ? operation : operations[operation].method
