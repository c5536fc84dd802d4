import { type Caller, createGrantProblem, isGranted, requireGrant } from '#src/access-control.ts'
import { isProblem, Problem } from '#src/problems.ts'
import type { MaybePromise, RequestCache } from './cache/request-cache.ts'
import type { LeadSource } from './leads/source.ts'
import type { Ownership } from './ownership.ts'

/**
 * Checks which objects a caller may access. Spacio does not check this: it sees only the gateway's own key.
 * Call these methods before any cache or upstream. Each throws if access is denied.
 */
export interface Authorizer {
  requireBrokerage(caller: Caller, brokerageId: string): void
  /** Allows the caller's granted agents and the agents that a granted brokerage has claimed. Throws `forbidden`. */
  requireAgent(caller: Caller, email: string): Promise<void>
  /** For objects that cannot be mapped to a single agent, such as ukeys and managers. */
  requireAllAgents(caller: Caller): void
  /** Access to a property follows its agent. Throws `unknown-property` for foreign and for missing properties alike. */
  requireProperty(caller: Caller, sid: number, requestCache?: RequestCache): Promise<void>
  requireLeads(caller: Caller, source: LeadSource, actingAgent?: string, requestCache?: RequestCache): Promise<void>
}

export const createAuthorizer = (ownership: Pick<Ownership, 'getPropertyAgent' | 'getBrokerageAgents'>): Authorizer => {
  const mayAccessAgent = ({ tenant, grants }: Caller, email: string): MaybePromise<boolean> => {
    const address = email.toLowerCase()
    if (isGranted(grants.agents, address)) return true
    // Spacio cannot list its brokerages, so `*` cannot be resolved to agents.
    return grants.brokerages !== '*' && isClaimedAgent(tenant, grants.brokerages, address)
  }

  const isClaimedAgent = async (tenant: string, brokerages: Iterable<string>, address: string): Promise<boolean> => {
    const agentSets = await Promise.all([...brokerages].map((id) => ownership.getBrokerageAgents(tenant, id)))
    return agentSets.some((agents) => agents.has(address))
  }

  const requireAgent: Authorizer['requireAgent'] = async (caller, email) => {
    if (!(await mayAccessAgent(caller, email))) throw createGrantProblem('agents')
  }

  const requireProperty: Authorizer['requireProperty'] = async (caller, sid, requestCache) => {
    const { agents, brokerages } = caller.grants
    if (agents === '*') return
    const hasGrants = agents.size > 0 || (brokerages !== '*' && brokerages.size > 0)
    try {
      if (
        hasGrants &&
        (await mayAccessAgent(caller, await ownership.getPropertyAgent(caller.tenant, sid, requestCache)))
      )
        return
    } catch (error) {
      if (!isProblem(error) || (error.code !== 'unknown-property' && error.code !== 'unknown-agent')) throw error
    }
    throw new Problem('unknown-property')
  }

  return {
    requireBrokerage: (caller, brokerageId) => requireGrant(caller, 'brokerages', brokerageId),
    requireAgent,
    requireAllAgents: ({ grants }) => {
      if (grants.agents === '*') return
      throw new Problem('forbidden', {
        detail: 'Access to a manager, or to an agent by ukey, needs a grant for all agents.',
      })
    },
    requireProperty,
    requireLeads: async (caller, source, actingAgent, requestCache) => {
      if (caller.isGrantChecked) return
      if (source.kind === 'brokerage') return requireGrant(caller, 'brokerages', source.id)
      if (source.kind === 'team') return requireGrant(caller, 'teams', source.id)
      // The acting agent's token may open leads upstream that do not belong to the agent.
      if (actingAgent !== undefined) await requireAgent(caller, actingAgent)
      await requireProperty(caller, source.id, requestCache)
    },
  }
}
