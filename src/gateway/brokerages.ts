import { newestFirst } from '#src/query/order.ts'
import { type PageQuery, pageOf } from '#src/query/page.ts'
import { dayWindowOf, isWithin, type WindowQuery } from '#src/query/window.ts'
import type { Upstreams } from '#src/upstreams/index.ts'
import type { Call } from './call.ts'

export const createBrokerages = (upstreams: Upstreams, now: () => Date) => ({
  agents: async (brokerageId: string, page: PageQuery, call: Call) =>
    pageOf(await upstreams.spacio(call.caller.tenant).claimedAgents(brokerageId, call), page),

  activity: async (brokerageId: string, query: PageQuery & WindowQuery, call: Call) => {
    const window = dayWindowOf(query, now())
    const activity = await upstreams.spacio(call.caller.tenant).activity(brokerageId, window.utcDays, call)
    const inside = activity.filter(({ lastActiveAt }) => isWithin(window, lastActiveAt))
    return pageOf(
      inside.sort(
        newestFirst(
          ({ lastActiveAt }) => lastActiveAt,
          ({ email }) => email,
        ),
      ),
      query,
    )
  },

  openHouses: async (brokerageId: string, query: PageQuery & WindowQuery, call: Call) => {
    const window = dayWindowOf(query, now())
    const hosted = await upstreams.spacio(call.caller.tenant).hostedOpenHouses(brokerageId, window.utcDays, call)
    const inside = hosted.filter(({ startedAt }) => isWithin(window, startedAt))
    return pageOf(
      inside.sort(
        newestFirst(
          ({ startedAt }) => startedAt,
          ({ unparsedAddress }) => unparsedAddress ?? '',
        ),
      ),
      query,
    )
  },
})
