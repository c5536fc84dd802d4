import type { LeadReadContext } from '../leads/reader.ts'
import type { LeadSource } from '../leads/source.ts'

/**
 * Returns the name of the log of one tenant's source. Leads that one agent's token reveals must not reach callers that act
 * for another agent, so each `actingAgent` has its own log.
 */
export const toLogName = (
  { kind, id }: LeadSource,
  { tenant, actingAgent }: Pick<LeadReadContext, 'tenant' | 'actingAgent'>,
) => JSON.stringify(['feed', tenant, kind, id, ...(actingAgent ? [actingAgent] : [])])
