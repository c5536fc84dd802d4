import { emailPattern } from '#schemas/parameters.ts'
import { wholeOf } from '#src/json/fragment.ts'
import { refusedParameter } from '#src/problems.ts'
import { type Condition, conditionsIn, meets } from '#src/query/conditions.ts'
import { newestFirst } from '#src/query/order.ts'
import type { PageQuery } from '#src/query/page.ts'
import { type DayWindow, dayWindowOf, openSpanOf, type Span, type WindowQuery } from '#src/query/window.ts'
import type { Authority } from '../authorizer.ts'
import type { Call } from '../request-context.ts'
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
    conditions: conditionsIn(query as Record<string, unknown>, leadFilters(source)).map(withAddresses),
    window: source.kind === 'property' ? openSpanOf(query) : dayWindowOf(query, now),
    read: { tenant: caller.tenant, signal, includeSource, actingAgent: query.actingAgent },
  }
}

/** Addresses are compared as grants compare them, without regard to letter case. */
const withAddresses = (condition: Condition): Condition => {
  const { field, operator, values } = condition
  if (field !== 'agentEmail') return condition
  const wrong = values.map(String).find((value) => !address.test(value))
  if (wrong === undefined) return { ...condition, ignoresCase: true }
  const hint = /\S \S/.test(wrong) ? '; in a URL, write a plus sign as %2B' : ''
  throw refusedParameter(
    operator === 'eq' ? field : `${field}[${operator}]`,
    `must hold e-mail addresses only, such as agent1@example.com${hint}`,
  )
}

const address = new RegExp(emailPattern)

export const chosenBy = (leads: readonly LeadRow[], conditions: readonly Condition[]): LeadRow[] =>
  conditions.length === 0 ? [...leads] : leads.filter((lead) => meets(wholeOf(lead), conditions))

export const newestLeadFirst = newestFirst<LeadRow>(
  ({ createdAt }) => createdAt,
  ({ id }) => id,
)
