import { emailPattern } from '#schemas/parameters.ts'
import { parseFragment } from '#src/json/fragment.ts'
import { createParameterProblem } from '#src/problems.ts'
import { type Condition, matches, parseConditions } from '#src/query/conditions.ts'
import { compareNewestFirst } from '#src/query/order.ts'
import type { PageQuery } from '#src/query/page.ts'
import { type DayWindow, parseDayWindow, parseOpenSpan, type TimeSpan, type WindowQuery } from '#src/query/window.ts'
import type { Authorizer } from '../authorizer.ts'
import type { RequestContext } from '../request-context.ts'
import type { LeadReadContext, LeadRow } from './reader.ts'
import { getFilterFields, type LeadSource, parseLeadSource } from './source.ts'

/** The query of the lead list and of the lead export. */
export interface LeadQuery extends PageQuery, WindowQuery {
  sid?: number
  brokerageId?: string
  teamId?: string
  actingAgent?: string
  sort?: 'createdAt' | '-createdAt'
}

/** A validated `LeadQuery`. */
export interface LeadRequest {
  source: LeadSource
  conditions: readonly Condition[]
  /** A window of days for brokerages and teams; for properties it may be open on either side. */
  window: DayWindow | TimeSpan
  context: LeadReadContext
}

/** Parses a query and checks that the caller may read the leads. */
export type LeadRequestParser = (query: LeadQuery, call: RequestContext) => Promise<LeadRequest>

export const createLeadRequestParser =
  (authorizer: Authorizer, now: () => Date): LeadRequestParser =>
  async (query, call) => {
    const request = parseLeadRequest(query, call, now())
    await authorizer.requireLeads(call.caller, request.source, query.actingAgent, call.requestCache)
    return request
  }

const parseLeadRequest = (query: LeadQuery, call: RequestContext, now: Date): LeadRequest => {
  const source = parseLeadSource(query)
  const { caller, signal, includeSource, includeProperty, requestCache } = call
  const conditions = parseConditions(query as Record<string, unknown>, getFilterFields(source)).map(ignoreAddressCase)
  const acceptsText = conditions.length === 0 && !includeProperty
  return {
    source,
    conditions,
    window: source.kind === 'property' ? parseOpenSpan(query) : parseDayWindow(query, now),
    context: {
      tenant: caller.tenant,
      signal,
      includeSource,
      acceptsText,
      requestCache,
      actingAgent: query.actingAgent,
    },
  }
}

/** E-mail addresses are compared case-insensitively, as in grants. */
const ignoreAddressCase = (condition: Condition): Condition => {
  const { field, operator, values } = condition
  if (field !== 'agentEmail') return condition
  const invalidAddress = values.map(String).find((value) => !addressPattern.test(value))
  if (invalidAddress === undefined) return { ...condition, ignoresCase: true }
  const hint = /\S \S/.test(invalidAddress) ? '; in a URL, write a plus sign as %2B' : ''
  throw createParameterProblem(
    operator === 'eq' ? field : `${field}[${operator}]`,
    `must hold e-mail addresses only, such as agent1@example.com${hint}`,
  )
}

const addressPattern = new RegExp(emailPattern)

export const applyFilters = (leads: LeadRow[], conditions: readonly Condition[]): LeadRow[] =>
  conditions.length === 0 ? leads : leads.filter((lead) => matches(parseFragment(lead), conditions))

export const compareNewestLeadFirst = compareNewestFirst<LeadRow>(
  ({ createdAt }) => createdAt,
  ({ id }) => id,
)
