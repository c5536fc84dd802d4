import { type Condition, conditionsIn, meets } from '#src/query/conditions.ts'
import { newestFirst } from '#src/query/order.ts'
import type { PageQuery } from '#src/query/page.ts'
import { type DayWindow, dayWindowOf, openSpanOf, type Span, type WindowQuery } from '#src/query/window.ts'
import { wholeOf } from '#src/written.ts'
import type { Authority } from '../authority.ts'
import type { Call } from '../call.ts'
import type { LeadRead, LeadRow } from './reader.ts'
import { type LeadSource, leadFilters, leadSourceOf } from './source.ts'

/** What the lists and the export of leads are asked with. */
export interface LeadQuery extends PageQuery, WindowQuery {
  sid?: number
  brokerageId?: string
  teamId?: string
  actingAgent?: string
  sort?: 'createdAt' | '-createdAt'
}

/** The same, understood. */
export interface LeadRequest {
  source: LeadSource
  conditions: readonly Condition[]
  /** Of a brokerage or a team always a window of days; of a property perhaps open. */
  window: DayWindow | Span
  read: LeadRead
}

/** Understands a request once it is known that its leads are the caller's to read. */
export type Understand = (query: LeadQuery, call: Call) => Promise<LeadRequest>

export const createUnderstanding =
  (authority: Authority, now: () => Date): Understand =>
  async (query, call) => {
    const request = understand(query, call, now())
    await authority.leads(call.caller, request.source, query.actingAgent)
    return request
  }

const understand = (query: LeadQuery, call: Call, now: Date): LeadRequest => {
  const source = leadSourceOf(query)
  const { caller, signal, includeSource } = call
  return {
    source,
    conditions: conditionsIn(query as Record<string, unknown>, leadFilters(source)).map((condition) => ({
      ...condition,
      // Grants compare addresses in the same way.
      ignoresCase: condition.field === 'agentEmail',
    })),
    window: source.kind === 'property' ? openSpanOf(query) : dayWindowOf(query, now),
    read: { tenant: caller.tenant, signal, includeSource, actingAgent: query.actingAgent },
  }
}

export const chosenBy = (leads: readonly LeadRow[], conditions: readonly Condition[]): LeadRow[] =>
  conditions.length === 0 ? [...leads] : leads.filter((lead) => meets(wholeOf(lead), conditions))

export const newestLeadFirst = newestFirst<LeadRow>(
  ({ createdAt }) => createdAt,
  ({ id }) => id,
)
