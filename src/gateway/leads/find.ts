import { parseFragment } from '#src/json/fragment.ts'
import { dayMs } from '#src/lib/units.ts'
import { Problem } from '#src/problems.ts'
import { type DayWindow, isWithin, toDayWindow } from '#src/query/window.ts'
import { type LogStore, StoreUnavailable } from '#src/store/store.ts'
import { getPropertyLeadId, type ReportSource } from '#src/upstreams/index.ts'
import { withoutSource } from '../cache/present.ts'
import { toLogName } from '../feed/log-name.ts'
import type { RequestContext } from '../request-context.ts'
import { maxLeads } from './list.ts'
import type { JoinProperties } from './property-join.ts'
import type { Lead, LeadReader, LeadRow } from './reader.ts'
import { applyFilters, type LeadQuery, type LeadRequest, type LeadRequestParser } from './request.ts'

interface LeadLookup extends LeadQuery {
  /** A hint: when the lead was created. */
  createdAt?: string
}

interface Search {
  readonly id: string
  readonly query: LeadLookup
  readonly request: LeadRequest
}

/** Finds one lead of a source by its id. It first reads the days on which the lead was probably created. */
export const createLeadFinder = (
  reader: LeadReader,
  parseRequest: LeadRequestParser,
  joinProperties: JoinProperties,
  store: Pick<LogStore, 'findLogEntry'>,
  now: () => Date,
) => {
  /** The log only saves upstream calls, so the search works without it. */
  const findLoggedTime = async ({ id, request: { source, context } }: Search): Promise<number | null> => {
    try {
      return (await store.findLogEntry(toLogName(source, context), id))?.createdAt ?? null
    } catch (error) {
      if (error instanceof StoreUnavailable) return null
      throw error
    }
  }

  /** The windows to read, in this order. A guess outside the days that the caller named is of no use. */
  async function* chooseWindows(search: Search): AsyncGenerator<DayWindow, void> {
    const { id, query, request } = search
    const isPlausible = (time: number): boolean => time >= 0 && time < now().getTime() + dayMs
    for (const guess of [
      () => Date.parse(query.createdAt ?? ''),
      () => findLoggedTime(search),
      () => findReadTime(id),
    ]) {
      const time = await guess()
      if (time === null || !isPlausible(time)) continue
      if (isAllowed(search, new Date(time).toISOString())) yield toDayWindow(time, time)
    }
    yield request.window as DayWindow
  }

  /** Page by page, up to the lead. A `p-` id needs every page, because only a single match is certain. */
  const searchWindow = async (search: Search, { utcDays }: DayWindow): Promise<Lead | null> => {
    const { id, query, request } = search
    const isDigest = id.startsWith('p-')
    const context = { ...request.context, includeSource: request.context.includeSource || isDigest }
    const isWanted = (row: LeadRow): boolean => row.id === id || (isDigest && getPropertyLeadId(row as Lead) === id)
    const found: Lead[] = []
    let count = 0
    const report = reader.createReport(request.source as ReportSource, utcDays, context.tenant)
    for await (const rows of report.stream(context, isDigest ? undefined : 1)) {
      const leads = applyFilters(rows.filter(isWanted), request.conditions).map(parseFragment<Lead>)
      found.push(...leads.filter(({ createdAt }) => isAllowed(search, createdAt)))
      if (found.length > 0 && !isDigest) break
      count += rows.length
      if (count > maxLeads) throw createTooManyRead()
    }
    if (isDigest && found.length > 1) return null
    return found.find((lead) => isSameTime(lead.createdAt, query.createdAt)) ?? found[0] ?? null
  }

  const findInReport = async (search: Search): Promise<Lead> => {
    const searched: DayWindow[] = []
    for await (const window of chooseWindows(search)) {
      if (searched.some((earlier) => includesDays(earlier, window))) continue
      const lead = await searchWindow(search, window)
      if (lead) return lead
      searched.push(window)
    }
    throw createUnknownLead(search, searched.map(describeDays).join(', '))
  }

  const findInProperty = async (search: Search, sid: number): Promise<Lead> => {
    const { id, query, request } = search
    const leads = await reader.readProperty(sid, request.window, request.context)
    const lead = leads.find((each) => each.id === id)
    if (lead) return parseFragment<Lead>(lead)
    const { from = 'the first', to = 'the last' } = query
    throw createUnknownLead(search, isLimited(search) ? `${from} to ${to}` : 'all')
  }

  return async (id: string, query: LeadLookup, context: RequestContext): Promise<Lead> => {
    const request = await parseRequest(query, context)
    const search = { id, query, request }
    const { source } = request
    const lead = source.kind === 'property' ? await findInProperty(search, source.id) : await findInReport(search)
    const [joined] = await joinProperties([withoutSource(lead, context)], context)
    return joined as Lead
  }
}

/** Spacio's ids look like MongoDB ObjectIds, whose first eight digits are the second of the insertion. This is a guess. */
const findReadTime = (id: string): number | null =>
  /^[0-9a-f]{24}$/i.test(id) ? Number.parseInt(id.slice(0, 8), 16) * 1000 : null

const isLimited = ({ query }: Search): boolean => query.from !== undefined || query.to !== undefined

const isAllowed = (search: Search, time: string | null): boolean =>
  !isLimited(search) || isWithin(search.request.window, time)

const isSameTime = (time: string | null, other: string | undefined): boolean =>
  time !== null && other !== undefined && Date.parse(time) === Date.parse(other)

const includesDays = ({ utcDays: outer }: DayWindow, { utcDays: inner }: DayWindow): boolean =>
  outer.startDate <= inner.startDate && outer.endDate >= inner.endDate

const describeDays = ({ from, to }: DayWindow): string => (from === to ? from : `${from} to ${to}`)

const createUnknownLead = ({ id, request: { source } }: Search, days: string): Problem => {
  const isOtherId = source.kind === 'property' && !id.startsWith('p-')
  const advice = isOtherId
    ? 'The ids of its leads begin with p-.'
    : 'Send createdAt, or from and to, to search other days.'
  return new Problem('unknown-lead', {
    detail: `No lead of this ${source.kind} has this id. Days searched: ${days}. ${advice}`,
  })
}

const createTooManyRead = (): Problem =>
  new Problem('window-too-large', {
    detail: `The first ${maxLeads} leads of the days have other ids. Send createdAt, or from and to, to search fewer days.`,
  })
