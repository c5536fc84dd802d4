import { refusedParameter } from '#src/problems.ts'

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

/** Exactly one of a brokerage, a team and a property; beside a brokerage or a team a sid is a filter. */
export const leadSourceOf = (query: LeadSourceQuery): LeadSource => {
  const { sid, brokerageId, teamId, actingAgent } = query
  if (brokerageId !== undefined && teamId !== undefined)
    throw refusedParameter('teamId', 'cannot be combined with brokerageId')
  const isReport = brokerageId !== undefined || teamId !== undefined
  if (isReport && actingAgent !== undefined) throw refusedParameter('actingAgent', 'goes with sid alone')
  const meaningless = isReport ? undefined : Object.keys(query).find((name) => /^agentEmail|^sid\[/.test(name))
  if (meaningless)
    throw refusedParameter(meaningless, 'filters the leads of a brokerage or a team, not those of one property')
  if (brokerageId !== undefined) return { kind: 'brokerage', id: brokerageId }
  if (teamId !== undefined) return { kind: 'team', id: teamId }
  if (sid !== undefined) return { kind: 'property', id: sid }
  throw refusedParameter('brokerageId', 'or teamId or sid is needed: one of the three says whose leads are meant')
}

export const leadFilterNames = ['hasAgent', 'hasFinancing', 'agentEmail', 'sid'] as const

const filtersOfProperty: readonly string[] = ['hasAgent', 'hasFinancing']

/** The fields that the leads of a source can be filtered by. */
export const leadFilters = ({ kind }: LeadSource): readonly string[] =>
  kind === 'property' ? filtersOfProperty : leadFilterNames
