import { Problem } from '#src/problems.ts'
import { newestFirst } from '#src/query/order.ts'
import { type PageQuery, pageOf } from '#src/query/page.ts'
import type { Authority } from './authorizer.ts'
import type { SpacioReads } from './cache/cached-spacio.ts'
import { answered, shown, shownPage } from './cache/present.ts'
import type { Call } from './request-context.ts'

export const createProperties = (reads: SpacioReads, authority: Authority) => ({
  get: async (sid: number, call: Call) => {
    await authority.property(call.caller, sid, call.reading)
    return shown(answered(call, await reads.property(call.caller.tenant, sid, call.reading)), call)
  },

  /** `agent` is an e-mail address or a ukey. */
  listOfAgent: async (agent: string, page: PageQuery, call: Call) => {
    const isEmail = agent.includes('@')
    if (isEmail) await authority.agent(call.caller, agent)
    else authority.everyAgent(call.caller)
    const served = await reads.propertiesOf(call.caller.tenant, agent, call.reading, async (spacio) => {
      const ukey = isEmail ? (await spacio.agentCredentials(agent)).ukey : agent
      if (ukey === null) throw new Problem('unknown-agent')
      return ukey
    })
    return shownPage(pageOf(answered(call, served), page), call)
  },

  openHouses: async (sid: number, page: PageQuery, call: Call) => {
    await authority.property(call.caller, sid, call.reading)
    const openHouses = answered(call, await reads.openHouses(call.caller.tenant, sid, call.reading))
    const sorted = openHouses.toSorted(
      newestFirst(
        ({ startedAt }) => startedAt,
        ({ id }) => id,
      ),
    )
    return shownPage(pageOf(sorted, page), call)
  },
})
