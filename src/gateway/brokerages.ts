import { newestFirst } from '#src/query/order.ts'
import { type PageQuery, pageOf } from '#src/query/page.ts'
import { dayWindowOf, isWithin, type WindowQuery } from '#src/query/window.ts'
import type { Authority } from './authorizer.ts'
import type { SpacioReads } from './cache/cached-spacio.ts'
import { answered, shownPage } from './cache/present.ts'
import type { Call } from './request-context.ts'

export const createBrokerages = (reads: SpacioReads, authority: Authority, now: () => Date) => ({
  agents: async (brokerageId: string, page: PageQuery, call: Call) => {
    authority.brokerage(call.caller, brokerageId)
    const agents = answered(call, await reads.claimedAgents(call.caller.tenant, brokerageId, call.reading))
    return shownPage(pageOf(agents, page), call)
  },

  activity: async (brokerageId: string, query: PageQuery & WindowQuery, call: Call) => {
    authority.brokerage(call.caller, brokerageId)
    const window = dayWindowOf(query, now())
    const { tenant } = call.caller
    const activity = answered(call, await reads.activity(tenant, brokerageId, window.utcDays, call.reading))
    const inside = activity.filter(({ lastActiveAt }) => isWithin(window, lastActiveAt))
    const sorted = inside.sort(
      newestFirst(
        ({ lastActiveAt }) => lastActiveAt,
        ({ email }) => email,
      ),
    )
    return shownPage(pageOf(sorted, query), call)
  },

  openHouses: async (brokerageId: string, query: PageQuery & WindowQuery, call: Call) => {
    authority.brokerage(call.caller, brokerageId)
    const window = dayWindowOf(query, now())
    const { tenant } = call.caller
    const hosted = answered(call, await reads.hostedOpenHouses(tenant, brokerageId, window.utcDays, call.reading))
    const inside = hosted.filter(({ startedAt }) => isWithin(window, startedAt))
    const sorted = inside.sort(
      newestFirst(
        ({ startedAt }) => startedAt,
        ({ unparsedAddress }) => unparsedAddress ?? '',
      ),
    )
    return shownPage(pageOf(sorted, query), call)
  },
})
