import { compareNewestFirst } from '#src/query/order.ts'
import { type PageQuery, paginate } from '#src/query/page.ts'
import { isWithin, parseDayWindow, type WindowQuery } from '#src/query/window.ts'
import type { Authorizer } from './authorizer.ts'
import type { CachedSpacio } from './cache/cached-spacio.ts'
import { recordResult, withoutPageSources } from './cache/present.ts'
import type { RequestContext } from './request-context.ts'

export const createBrokerages = (cachedSpacio: CachedSpacio, authorizer: Authorizer, now: () => Date) => ({
  agents: async (brokerageId: string, page: PageQuery, call: RequestContext) => {
    authorizer.requireBrokerage(call.caller, brokerageId)
    const agents = recordResult(
      call,
      await cachedSpacio.listClaimedAgents(call.caller.tenant, brokerageId, call.requestCache),
    )
    return withoutPageSources(paginate(agents, page), call)
  },

  activity: async (brokerageId: string, query: PageQuery & WindowQuery, call: RequestContext) => {
    authorizer.requireBrokerage(call.caller, brokerageId)
    const window = parseDayWindow(query, now())
    const { tenant } = call.caller
    const activity = recordResult(
      call,
      await cachedSpacio.listActivity(tenant, brokerageId, window.utcDays, call.requestCache),
    )
    const inWindow = activity.filter(({ lastActiveAt }) => isWithin(window, lastActiveAt))
    const sorted = inWindow.sort(
      compareNewestFirst(
        ({ lastActiveAt }) => lastActiveAt,
        ({ email }) => email,
      ),
    )
    return withoutPageSources(paginate(sorted, query), call)
  },

  listOpenHouses: async (brokerageId: string, query: PageQuery & WindowQuery, call: RequestContext) => {
    authorizer.requireBrokerage(call.caller, brokerageId)
    const window = parseDayWindow(query, now())
    const { tenant } = call.caller
    const openHouses = recordResult(
      call,
      await cachedSpacio.listHostedOpenHouses(tenant, brokerageId, window.utcDays, call.requestCache),
    )
    const inWindow = openHouses.filter(({ startedAt }) => isWithin(window, startedAt))
    const sorted = inWindow.sort(
      compareNewestFirst(
        ({ startedAt }) => startedAt,
        ({ unparsedAddress }) => unparsedAddress ?? '',
      ),
    )
    return withoutPageSources(paginate(sorted, query), call)
  },
})
