import { Problem } from '#src/problems.ts'
import { newestFirst } from '#src/query/order.ts'
import { type PageQuery, pageOf } from '#src/query/page.ts'
import type { Upstreams } from '#src/upstreams/index.ts'
import type { Call } from './call.ts'

export const createProperties = (upstreams: Upstreams) => ({
  get: (sid: number, call: Call) => upstreams.spacio(call.caller.tenant).property(sid, call),

  /** `agent` is an e-mail address or a ukey. */
  listOfAgent: async (agent: string, page: PageQuery, call: Call) => {
    const spacio = upstreams.spacio(call.caller.tenant)
    const ukey = agent.includes('@') ? (await spacio.agentCredentials(agent)).ukey : agent
    if (ukey === null) throw new Problem('unknown-agent')
    return pageOf(await spacio.propertiesOf(ukey, call), page)
  },

  openHouses: async (sid: number, page: PageQuery, call: Call) => {
    const openHouses = await upstreams.spacio(call.caller.tenant).openHouses(sid, call)
    return pageOf(
      openHouses.sort(
        newestFirst(
          ({ startedAt }) => startedAt,
          ({ id }) => id,
        ),
      ),
      page,
    )
  },
})
