import type { Static } from 'typebox'
import type { AgentActivity } from '#schemas/agent.ts'
import type { HostedOpenHouse } from '#schemas/open-house.ts'
import { compareNewestFirst } from '#src/query/order.ts'
import { type PageQuery, paginate } from '#src/query/page.ts'
import { isWithin, parseDayWindow, type WindowQuery } from '#src/query/window.ts'
import type { Authorizer } from './authorizer.ts'
import type { CachedSpacio } from './cache/cached-spacio.ts'
import { recordResult, withoutPageSources } from './cache/present.ts'
import type { RequestContext } from './request-context.ts'

const compareActivities = compareNewestFirst<Static<typeof AgentActivity>>(
  ({ lastActiveAt }) => lastActiveAt,
  ({ email }) => email,
)

const compareOpenHouses = compareNewestFirst<Static<typeof HostedOpenHouse>>(
  ({ startedAt }) => startedAt,
  ({ unparsedAddress }) => unparsedAddress ?? '',
)

export const createBrokerages = (cachedSpacio: CachedSpacio, authorizer: Authorizer, now: () => Date) => ({
  agents: async (brokerageId: string, page: PageQuery, call: RequestContext) => {
    authorizer.requireBrokerage(call.caller, brokerageId)
    const result = await cachedSpacio.listClaimedAgents(call.caller.tenant, brokerageId, call.requestCache)
    return withoutPageSources(paginate(recordResult(call, result), page), call)
  },

  activity: async (brokerageId: string, query: PageQuery & WindowQuery, call: RequestContext) => {
    authorizer.requireBrokerage(call.caller, brokerageId)
    const window = parseDayWindow(query, now())
    const { tenant } = call.caller
    const result = await cachedSpacio.listActivity(tenant, brokerageId, window.utcDays, call.requestCache)
    const activity = recordResult(call, result)
      .filter(({ lastActiveAt }) => isWithin(window, lastActiveAt))
      .sort(compareActivities)
    return withoutPageSources(paginate(activity, query), call)
  },

  listOpenHouses: async (brokerageId: string, query: PageQuery & WindowQuery, call: RequestContext) => {
    authorizer.requireBrokerage(call.caller, brokerageId)
    const window = parseDayWindow(query, now())
    const { tenant } = call.caller
    const result = await cachedSpacio.listHostedOpenHouses(tenant, brokerageId, window.utcDays, call.requestCache)
    const openHouses = recordResult(call, result)
      .filter(({ startedAt }) => isWithin(window, startedAt))
      .sort(compareOpenHouses)
    return withoutPageSources(paginate(openHouses, query), call)
  },
})
