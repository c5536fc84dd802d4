import { Problem } from '#src/problems.ts'
import { compareNewestFirst } from '#src/query/order.ts'
import { type PageQuery, paginate } from '#src/query/page.ts'
import type { Authorizer } from './authorizer.ts'
import type { CachedSpacio } from './cache/cached-spacio.ts'
import { recordResult, withoutPageSources, withoutSource } from './cache/present.ts'
import type { RequestContext } from './request-context.ts'

export const createProperties = (cachedSpacio: CachedSpacio, authorizer: Authorizer) => ({
  get: async (sid: number, call: RequestContext) => {
    await authorizer.requireProperty(call.caller, sid, call.requestCache)
    return withoutSource(
      recordResult(call, await cachedSpacio.getProperty(call.caller.tenant, sid, call.requestCache)),
      call,
    )
  },

  /** `agent` is an e-mail address or a ukey. */
  listByAgent: async (agent: string, page: PageQuery, call: RequestContext) => {
    const isEmail = agent.includes('@')
    if (isEmail) await authorizer.requireAgent(call.caller, agent)
    else authorizer.requireAllAgents(call.caller)
    const result = await cachedSpacio.listAgentProperties(
      call.caller.tenant,
      agent,
      call.requestCache,
      async (spacio) => {
        const ukey = isEmail ? (await spacio.getAgentCredentials(agent)).ukey : agent
        if (ukey === null) throw new Problem('unknown-agent')
        return ukey
      },
    )
    return withoutPageSources(paginate(recordResult(call, result), page), call)
  },

  openHouses: async (sid: number, page: PageQuery, call: RequestContext) => {
    await authorizer.requireProperty(call.caller, sid, call.requestCache)
    const openHouses = recordResult(call, await cachedSpacio.listOpenHouses(call.caller.tenant, sid, call.requestCache))
    const sorted = openHouses.toSorted(
      compareNewestFirst(
        ({ startedAt }) => startedAt,
        ({ id }) => id,
      ),
    )
    return withoutPageSources(paginate(sorted, page), call)
  },
})
