import { Problem } from '#src/problems.ts'
import { type Page, pageOf, pagingOf } from '#src/query/page.ts'
import { type DayWindow, isWithin } from '#src/query/window.ts'
import type { Admit, ReportSource } from '#src/upstreams/index.ts'
import { createPlaces, type PlaceLevel, type PlaceLimits } from '../concurrency-limits.ts'
import type { Call, Caller } from '../request-context.ts'
import { createLeadFilter } from './filter-fields.ts'
import type { LeadReader, LeadRow } from './reader.ts'
import { type LeadQuery, type LeadRequest, newestLeadFirst, type Understand } from './request.ts'
import { createSnapshots } from './snapshots.ts'

/** The longest list that one window may give. */
const maxLeads = 10_000

/** The upstream is asked for a day more on each side, so it may count more than the window holds. */
const maxClaimed = 2 * maxLeads

const tooLarge = (count: number): Problem =>
  new Problem('window-too-large', {
    detail: `The window contains ${count} leads; a list returns at most ${maxLeads}. Use GET /leads/export, which has no limit.`,
  })

/** Lists beyond this are collected a few at a time: all their rows are in memory until the last page has arrived. */
const largeLeads = 2_000

const largeLists: PlaceLimits = { client: 2, tenant: 2, process: 4 }

const tooManyLarge = (level: PlaceLevel): Problem =>
  new Problem('overloaded', {
    detail: `This ${level} already reads ${largeLists[level]} windows of more than ${largeLeads} leads. Try again in a moment, or request a shorter window.`,
    retryAfter: 2,
  })

export type SpacioPaging = 'collect' | 'direct'

export const createLeadList = (reader: LeadReader, understand: Understand, paging: SpacioPaging, now: () => Date) => {
  const snapshots = createSnapshots<LeadRow>(now)
  const filter = createLeadFilter()
  const places = createPlaces(largeLists)

  const readWindow = async ({ source, window, read }: LeadRequest, admit: Admit): Promise<LeadRow[]> => {
    const leads =
      source.kind === 'property'
        ? await reader.ofProperty(source.id, window, read)
        : await reader.ofReport(source, window as DayWindow, read, admit)
    if (leads.length > maxLeads) throw tooLarge(leads.length)
    return leads.sort(newestLeadFirst)
  }

  const collect = async (request: LeadRequest, caller: Caller): Promise<LeadRow[]> => {
    let leave: (() => void) | undefined
    // A list that changes while it is read is admitted twice.
    const admit = (claimed: number): void => {
      if (claimed > maxClaimed) throw tooLarge(claimed)
      if (claimed <= largeLeads || leave) return
      const place = places.take(caller)
      if (typeof place === 'string') throw tooManyLarge(place)
      leave = place
    }
    try {
      return await readWindow(request, admit)
    } finally {
      leave?.()
    }
  }

  /** A whole window, collected once and kept for a minute, so that paging through it is stable. */
  const fromSnapshot = async (query: LeadQuery, request: LeadRequest, caller: Caller): Promise<Page<LeadRow>> => {
    const { source, window, read, conditions } = request
    const leads = await snapshots.of(
      read.tenant,
      [source.kind, source.id, window.start, window.end, read.actingAgent ?? null, read.includeSource],
      pagingOf(query).offset,
      () => collect(request, caller),
    )
    const chosen = await filter(leads, conditions)
    return pageOf(query.sort === 'createdAt' ? chosen.toReversed() : chosen, query)
  }

  /**
   * Straight from the upstream's pages, whose order and range ends the operator vouches for. A row outside the window
   * shows that he is wrong, and then no total would be exact.
   */
  const direct = async (query: LeadQuery, { source, window, read }: LeadRequest): Promise<Page<LeadRow> | null> => {
    const { limit, offset } = pagingOf(query)
    const { from: startDate, to: endDate } = window as DayWindow
    const report = reader.report(source as ReportSource, { startDate, endDate }, read.tenant)
    const slice = await report.slice(offset, limit, read)
    if (!slice) return null
    if (!slice.leads.every(({ createdAt }) => isWithin(window, createdAt))) {
      throw new Problem('upstream-invalid-response', { cause: new Error('SPACIO_PAGING=direct does not hold') })
    }
    return { data: slice.leads, pagination: { total: slice.total, limit, offset } }
  }

  const goesDirect = (query: LeadQuery, { source, window, conditions }: LeadRequest): boolean =>
    paging === 'direct' &&
    source.kind !== 'property' &&
    conditions.length === 0 &&
    query.sort !== 'createdAt' &&
    (window as DayWindow).isUtc

  return async (query: LeadQuery, call: Call): Promise<Page<LeadRow>> => {
    const request = await understand(query, call)
    const page = goesDirect(query, request) ? await direct(query, request) : null
    return page ?? fromSnapshot(query, request, call.caller)
  }
}
