import { propertyLeadFilterFields, reportLeadFilterFields } from '#schemas/lead-query.ts'
import { createParameterProblem, type RequestPart } from '#src/problems.ts'

export type LeadSource =
  | { kind: 'property'; id: number }
  | { kind: 'brokerage'; id: string }
  | { kind: 'team'; id: string }

export interface LeadSourceQuery {
  sid?: number
  brokerageId?: string
  teamId?: string
  actingAgent?: string
}

/** Requires exactly one of brokerage, team and property. With a brokerage or team, `sid` is a filter. */
export const parseLeadSource = (query: LeadSourceQuery, part?: RequestPart): LeadSource => {
  const { sid, brokerageId, teamId, actingAgent } = query
  if (brokerageId !== undefined && teamId !== undefined)
    throw createParameterProblem('teamId', 'cannot be combined with brokerageId', part)
  const isReport = brokerageId !== undefined || teamId !== undefined
  if (isReport && actingAgent !== undefined)
    throw createParameterProblem('actingAgent', 'can be sent only with sid', part)
  const unusedFilter = isReport ? undefined : Object.keys(query).find(filtersReports)
  if (unusedFilter)
    throw createParameterProblem(unusedFilter, 'filters the leads of a brokerage or a team, not those of one property')
  if (brokerageId !== undefined) return { kind: 'brokerage', id: brokerageId }
  if (teamId !== undefined) return { kind: 'team', id: teamId }
  if (sid !== undefined) return { kind: 'property', id: sid }
  throw createParameterProblem('brokerageId', 'is missing: send brokerageId, teamId or sid', part)
}

/** True for a filter that the leads of one property do not have. `sid` itself is their source. */
const filtersReports = (name: string): boolean => {
  const field = name.replace(/\[.*/, '')
  return name !== 'sid' && reportLeadFilterFields.includes(field) && !propertyLeadFilterFields.includes(field)
}

export const getFilterFields = ({ kind }: LeadSource): readonly string[] =>
  kind === 'property' ? propertyLeadFilterFields : reportLeadFilterFields
