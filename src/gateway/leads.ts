import type { Static } from 'typebox'
import type { Lead as LeadSchema } from '#schemas/lead.ts'
import { Problem } from '#src/problems.ts'
import { conditionsIn, meets } from '#src/query/conditions.ts'
import { newestFirst } from '#src/query/order.ts'
import { type Page, type PageQuery, pageOf, pagingOf } from '#src/query/page.ts'
import { dayWindowOf, isWithin, openSpanOf, type WindowQuery } from '#src/query/window.ts'
import type { Upstreams } from '#src/upstreams/index.ts'
import type { Call } from './call.ts'
import { type LeadSource, leadFilters, leadSourceOf } from './lead-source.ts'
import type { Ownership } from './ownership.ts'
import { createSnapshots } from './snapshots.ts'

export type Lead = Static<typeof LeadSchema>

export interface LeadQuery extends PageQuery, WindowQuery {
  sid?: number
  brokerageId?: string
  teamId?: string
  actingAgent?: string
  sort?: 'createdAt' | '-createdAt'
}

/** The longest list that one window may give. */
const maxLeads = 10_000

/** The upstream is asked for a day more on each side, so it may count more than the window holds. */
const maxClaimed = 2 * maxLeads

const tooLarge = (count: number): Problem =>
  new Problem('window-too-large', { detail: `The window holds ${count} leads; a list carries at most ${maxLeads}.` })

export const createLeads = (upstreams: Upstreams, ownership: Ownership, now: () => Date) => {
  const snapshots = createSnapshots<Lead>(now)

  const admit = (claimed: number): void => {
    if (claimed > maxClaimed) throw tooLarge(claimed)
  }

  const collectProperty = async (sid: number, query: LeadQuery, call: Call): Promise<Lead[]> => {
    const { tenant } = call.caller
    const agent = query.actingAgent ?? (await ownership.agentOf(tenant, sid))
    const span = openSpanOf(query)
    const leads = await upstreams.spacio(tenant).propertyLeads(sid, agent, call)
    return leads.filter(({ createdAt }) => isWithin(span, createdAt))
  }

  const collectReport = async (
    source: Exclude<LeadSource, { kind: 'property' }>,
    query: LeadQuery,
    call: Call,
  ): Promise<Lead[]> => {
    const spacio = upstreams.spacio(call.caller.tenant)
    const window = dayWindowOf(query, now())
    const read = source.kind === 'brokerage' ? spacio.brokerageLeads : spacio.teamLeads
    const leads = await read(source.id, window.utcDays, call, admit)
    return leads.filter(({ createdAt }) => isWithin(window, createdAt))
  }

  const collect = async (source: LeadSource, query: LeadQuery, call: Call): Promise<Lead[]> => {
    const leads =
      source.kind === 'property'
        ? await collectProperty(source.id, query, call)
        : await collectReport(source, query, call)
    if (leads.length > maxLeads) throw tooLarge(leads.length)
    return leads.sort(
      newestFirst(
        ({ createdAt }) => createdAt,
        ({ id }) => id,
      ),
    )
  }

  return {
    list: async (query: LeadQuery, call: Call): Promise<Page<Lead>> => {
      const source = leadSourceOf(query)
      const conditions = conditionsIn(query as Record<string, unknown>, leadFilters(source))
      const { from = null, to = null, timeZone = null, actingAgent = null } = query
      const leads = await snapshots.of(
        [call.caller.tenant, source.kind, source.id, from, to, timeZone, actingAgent, call.includeSource],
        pagingOf(query).offset,
        () => collect(source, query, call),
      )
      const chosen = leads.filter((lead) => meets(lead, conditions))
      return pageOf(query.sort === 'createdAt' ? chosen.reverse() : chosen, query)
    },
  }
}
