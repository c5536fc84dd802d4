import pMap from 'p-map'
import { parseFragment } from '#src/json/fragment.ts'
import { createUnprocessableProblem, isProblem, type Problem, type ProblemCode } from '#src/problems.ts'
import type { Authorizer } from '../authorizer.ts'
import { withoutSource } from '../cache/present.ts'
import type { Ownership } from '../ownership.ts'
import type { RequestContext } from '../request-context.ts'
import type { Lead, LeadRow } from './reader.ts'

type JoinContext = Pick<RequestContext, 'caller' | 'includeProperty' | 'includeSource' | 'requestCache'>

/** Adds to each lead the property that was visited, if the call includes it. */
export type JoinProperties = <Row extends LeadRow>(
  leads: Row[],
  context: JoinContext,
  maxUncached?: number,
) => Promise<(Row | Lead)[]>

/** Each uncached property is one upstream call. */
const defaultMaxUncached = 60

/** Half of the single reads that a process may have in flight. */
const concurrency = 6

/** The caller gets null for these properties: they do not exist, or the caller or the gateway has no access. */
const hidden: readonly ProblemCode[] = ['unknown-property', 'upstream-access-denied']

export const createPropertyJoin = (ownership: Ownership, authorizer: Authorizer): JoinProperties => {
  const find = async (sid: number, context: JoinContext): Promise<Lead['property']> => {
    const { caller, requestCache } = context
    try {
      await authorizer.requireProperty(caller, sid, requestCache)
      return withoutSource((await ownership.getProperty(caller.tenant, sid, requestCache)).value, context)
    } catch (error) {
      if (isProblem(error) && hidden.includes(error.code)) return null
      throw error
    }
  }

  return async (leads, context, maxUncached = defaultMaxUncached) => {
    if (!context.includeProperty) return leads
    const whole = leads.map(parseFragment<Lead>)
    const sids = [...new Set(whole.flatMap(({ sid }) => sid ?? []))]
    const { caller, requestCache } = context
    const uncached = sids.filter((sid) => !ownership.isPropertyCached(caller.tenant, sid, requestCache))
    if (uncached.length > maxUncached) throw createTooManyProperties(uncached.length, maxUncached)
    const found = await pMap(sids, async (sid) => [sid, await find(sid, context)] as const, { concurrency })
    const properties = new Map<number | null, Lead['property']>(found)
    return whole.map((lead) => ({ ...lead, property: properties.get(lead.sid) ?? null }))
  }
}

const createTooManyProperties = (count: number, max: number): Problem =>
  createUnprocessableProblem(
    'query/include',
    'include=property',
    `reads at most ${max} properties that are not cached, and these leads need ${count}`,
    { advice: ' Request fewer leads.' },
  )
