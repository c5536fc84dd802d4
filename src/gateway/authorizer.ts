import { type Caller, covers, notGranted, requireGrant } from '#src/access-control.ts'
import { isProblem, Problem } from '#src/problems.ts'
import type { Reading } from './cache/request-cache.ts'
import type { LeadSource } from './leads/source.ts'
import type { Ownership } from './ownership.ts'

/**
 * Whether an object is the caller's. Spacio asks for nothing but the gateway's own key, so that nobody else checks
 * this. To be asked before any cache and any upstream; everything throws where the answer is no.
 */
export interface Authority {
  brokerage(caller: Caller, brokerageId: string): void
  /** Among the caller's agents, or claimed by one of his brokerages. Throws `forbidden`. */
  agent(caller: Caller, email: string): Promise<void>
  /** For what cannot be told to be one agent's: ukeys, managers. */
  everyAgent(caller: Caller): void
  /** Through its agent. Throws `unknown-property`, the same for what is another's as for what does not exist. */
  property(caller: Caller, sid: number, reading?: Reading): Promise<void>
  leads(caller: Caller, source: LeadSource, actingAgent?: string): Promise<void>
}

export const createAuthority = (ownership: Ownership): Authority => {
  const isOwnAgent = async ({ tenant, grants }: Caller, email: string): Promise<boolean> => {
    const address = email.toLowerCase()
    if (covers(grants.agents, address)) return true
    // Which brokerages there are cannot be asked, so that `*` says nothing of an agent.
    if (grants.brokerages === '*') return false
    const claimed = await Promise.all([...grants.brokerages].map((id) => ownership.agentsIn(tenant, id)))
    return claimed.some((agents) => agents.has(address))
  }

  const isOwnProperty = async (caller: Caller, sid: number, reading?: Reading): Promise<boolean> => {
    try {
      return await isOwnAgent(caller, await ownership.agentOf(caller.tenant, sid, reading))
    } catch (error) {
      if (isProblem(error) && (error.code === 'unknown-property' || error.code === 'unknown-agent')) return false
      throw error
    }
  }

  const agent: Authority['agent'] = async (caller, email) => {
    if (!(await isOwnAgent(caller, email))) throw notGranted('agents')
  }

  const property: Authority['property'] = async (caller, sid, reading) => {
    const { agents, brokerages } = caller.grants
    if (agents === '*') return
    const mayOwnSome = agents.size > 0 || (brokerages !== '*' && brokerages.size > 0)
    if (!mayOwnSome || !(await isOwnProperty(caller, sid, reading))) throw new Problem('unknown-property')
  }

  return {
    brokerage: (caller, brokerageId) => requireGrant(caller, 'brokerages', brokerageId),
    agent,
    everyAgent: ({ grants }) => {
      if (grants.agents !== '*') throw notGranted('agents')
    },
    property,
    leads: async (caller, source, actingAgent) => {
      if (caller.isGrantChecked) return
      if (source.kind === 'brokerage') return requireGrant(caller, 'brokerages', source.id)
      if (source.kind === 'team') return requireGrant(caller, 'teams', source.id)
      // Both: what an agent's token opens upstream may be more than what is the agent's own.
      if (actingAgent !== undefined) await agent(caller, actingAgent)
      await property(caller, source.id)
    },
  }
}
