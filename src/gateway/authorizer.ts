import { type Caller, covers, createGrantProblem, requireGrant } from '#src/access-control.ts'
import { isProblem, Problem } from '#src/problems.ts'
import type { RequestCache } from './cache/request-cache.ts'
import type { LeadSource } from './leads/source.ts'
import type { Ownership } from './ownership.ts'

/**
 * Whether an object is the caller's. Spacio asks for nothing but the gateway's own key, so that nobody else checks
 * this. To be asked before any cache and any upstream; everything throws where the answer is no.
 */
export interface Authorizer {
  requireBrokerage(caller: Caller, brokerageId: string): void
  /** Among the caller's agents, or claimed by one of his brokerages. Throws `forbidden`. */
  requireAgent(caller: Caller, email: string): Promise<void>
  /** For what cannot be told to be one agent's: ukeys, managers. */
  requireAllAgents(caller: Caller): void
  /** Through its agent. Throws `unknown-property`, the same for what is another's as for what does not exist. */
  requireProperty(caller: Caller, sid: number, requestCache?: RequestCache): Promise<void>
  requireLeads(caller: Caller, source: LeadSource, actingAgent?: string): Promise<void>
}

export const createAuthorizer = (ownership: Ownership): Authorizer => {
  const isOwnAgent = async ({ tenant, grants }: Caller, email: string): Promise<boolean> => {
    const address = email.toLowerCase()
    if (covers(grants.agents, address)) return true
    // Which brokerages there are cannot be asked, so that `*` says nothing of an agent.
    if (grants.brokerages === '*') return false
    const agentSets = await Promise.all([...grants.brokerages].map((id) => ownership.getBrokerageAgents(tenant, id)))
    return agentSets.some((agents) => agents.has(address))
  }

  const isOwnProperty = async (caller: Caller, sid: number, requestCache?: RequestCache): Promise<boolean> => {
    try {
      return await isOwnAgent(caller, await ownership.getPropertyAgent(caller.tenant, sid, requestCache))
    } catch (error) {
      if (isProblem(error) && (error.code === 'unknown-property' || error.code === 'unknown-agent')) return false
      throw error
    }
  }

  const requireAgent: Authorizer['requireAgent'] = async (caller, email) => {
    if (!(await isOwnAgent(caller, email))) throw createGrantProblem('agents')
  }

  const requireProperty: Authorizer['requireProperty'] = async (caller, sid, requestCache) => {
    const { agents, brokerages } = caller.grants
    if (agents === '*') return
    const mayOwnSome = agents.size > 0 || (brokerages !== '*' && brokerages.size > 0)
    if (!mayOwnSome || !(await isOwnProperty(caller, sid, requestCache))) throw new Problem('unknown-property')
  }

  return {
    requireBrokerage: (caller, brokerageId) => requireGrant(caller, 'brokerages', brokerageId),
    requireAgent,
    requireAllAgents: ({ grants }) => {
      if (grants.agents !== '*') throw createGrantProblem('agents')
    },
    requireProperty,
    requireLeads: async (caller, source, actingAgent) => {
      if (caller.isGrantChecked) return
      if (source.kind === 'brokerage') return requireGrant(caller, 'brokerages', source.id)
      if (source.kind === 'team') return requireGrant(caller, 'teams', source.id)
      // Both: what an agent's token opens upstream may be more than what is the agent's own.
      if (actingAgent !== undefined) await requireAgent(caller, actingAgent)
      await requireProperty(caller, source.id)
    },
  }
}
