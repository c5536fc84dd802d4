import { Problem } from '#src/problems.ts'
import type { Condition } from '#src/query/conditions.ts'
import { getPaging, paginate, type ResultPage } from '#src/query/page.ts'
import { type DayWindow, isWithin } from '#src/query/window.ts'
import type { CheckTotal, ReportSource } from '#src/upstreams/index.ts'
import { type ConcurrencyLevel, type ConcurrencyLimits, createConcurrencyLimiter } from '../concurrency-limits.ts'
import type { Caller, RequestContext } from '../request-context.ts'
import { streamBatches } from './batches.ts'
import type { JoinProperties } from './property-join.ts'
import type { LeadReader, LeadRow } from './reader.ts'
import {
  applyFilters,
  compareNewestLeadFirst,
  type LeadQuery,
  type LeadRequest,
  type LeadRequestParser,
} from './request.ts'
import { createSnapshots } from './snapshots.ts'

/** The maximum number of leads in a list. */
export const maxLeads = 10_000

/** The upstream query covers an extra day on each side, so its count may exceed the window. */
const maxClaimedLeads = 2 * maxLeads

const createTooLarge = (count: number): Problem =>
  new Problem('window-too-large', {
    detail: `The window contains ${count} leads; a list returns at most ${maxLeads}. Use GET /leads/export, which has no limit.`,
  })

/** Lists above this size are limited in number, because all rows stay in memory until the last page has arrived. */
const minLargeListLeads = 2_000

export const largeListLimits: ConcurrencyLimits = { client: 2, tenant: 2, process: 4 }

const createTooManyLarge = (level: ConcurrencyLevel): Problem =>
  new Problem('overloaded', {
    detail: `This ${level} already reads ${largeListLimits[level]} windows of more than ${minLargeListLeads} leads. Try again in a moment, or request a shorter window.`,
    retryAfter: 2,
  })

const filterInParts = async (leads: readonly LeadRow[], conditions: readonly Condition[]): Promise<LeadRow[]> => {
  const matching: LeadRow[] = []
  for await (const part of streamBatches(leads)) matching.push(...applyFilters(part, conditions))
  return matching
}

export type SpacioPaging = 'collect' | 'direct'

export const createLeadList = (
  reader: LeadReader,
  parseRequest: LeadRequestParser,
  joinProperties: JoinProperties,
  paging: SpacioPaging,
  now: () => Date,
) => {
  const snapshots = createSnapshots<LeadRow>(now)
  const limiter = createConcurrencyLimiter(largeListLimits)

  const readWindow = async ({ source, window, context }: LeadRequest, admit: CheckTotal): Promise<LeadRow[]> => {
    const leads =
      source.kind === 'property'
        ? await reader.readProperty(source.id, window, context)
        : await reader.readReport(source, window as DayWindow, context, admit)
    if (leads.length > maxLeads) throw createTooLarge(leads.length)
    return leads.sort(compareNewestLeadFirst)
  }

  const collect = async (request: LeadRequest, caller: Caller): Promise<LeadRow[]> => {
    let release: (() => void) | undefined
    // A list that changes during the read is checked twice.
    const admit = (claimed: number): void => {
      if (claimed > maxClaimedLeads) throw createTooLarge(claimed)
      if (claimed <= minLargeListLeads || release) return
      const acquired = limiter.acquire(caller)
      if (typeof acquired === 'string') throw createTooManyLarge(acquired)
      release = acquired
    }
    try {
      return await readWindow(request, admit)
    } finally {
      release?.()
    }
  }

  /** Collects a whole window and caches it for a minute, so that paging is stable. */
  const readSnapshot = async (query: LeadQuery, request: LeadRequest, caller: Caller): Promise<ResultPage<LeadRow>> => {
    const { source, window, context, conditions } = request
    const leads = await snapshots.getOrCollect(
      context.tenant,
      [
        reader.getAccountId(context.tenant),
        source.kind,
        source.id,
        window.start,
        window.end,
        context.actingAgent ?? null,
        context.includeSource,
      ],
      getPaging(query).offset,
      () => collect(request, caller),
    )
    const matching = conditions.length === 0 ? leads : await filterInParts(leads, conditions)
    return paginate(query.sort === 'createdAt' ? matching.toReversed() : matching, query)
  }

  /**
   * Reads a single upstream page. The operator asserts that the upstream sorts and bounds its pages correctly.
   * A row outside the window disproves that, and the total would be wrong.
   */
  const readDirect = async (
    query: LeadQuery,
    { source, window, context }: LeadRequest,
  ): Promise<ResultPage<LeadRow> | null> => {
    const { limit, offset } = getPaging(query)
    const { from: startDate, to: endDate } = window as DayWindow
    const report = reader.createReport(source as ReportSource, { startDate, endDate }, context.tenant)
    const slice = await report.slice(offset, limit, context)
    if (!slice) return null
    if (!slice.leads.every(({ createdAt }) => isWithin(window, createdAt))) {
      throw new Problem('upstream-invalid-response', { cause: new Error('SPACIO_PAGING=direct does not hold') })
    }
    return { data: slice.leads, pagination: { total: slice.total, limit, offset } }
  }

  const isDirect = (query: LeadQuery, { source, window, conditions }: LeadRequest): boolean =>
    paging === 'direct' &&
    source.kind !== 'property' &&
    conditions.length === 0 &&
    query.sort !== 'createdAt' &&
    (window as DayWindow).isUtc

  return async (query: LeadQuery, call: RequestContext): Promise<ResultPage<LeadRow>> => {
    const request = await parseRequest(query, call)
    const page = isDirect(query, request) ? await readDirect(query, request) : null
    const { data, pagination } = page ?? (await readSnapshot(query, request, call.caller))
    return { data: await joinProperties(data, call), pagination }
  }
}
