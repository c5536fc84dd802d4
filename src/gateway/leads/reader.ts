import type { Static } from 'typebox'
import type { Lead as LeadSchema } from '#schemas/lead.ts'
import { type DayWindow, isWithin, type TimeSpan } from '#src/query/window.ts'
import type { CheckTotal, LeadReport, LeadRow, ReadContext, ReportSource, Upstreams } from '#src/upstreams/index.ts'
import type { RequestCache } from '../cache/request-cache.ts'
import type { Ownership } from '../ownership.ts'
import type { LeadSource } from './source.ts'

export type { LeadRow } from '#src/upstreams/index.ts'

export type Lead = Static<typeof LeadSchema>

/** The tenant, the abort signal, and whether wire records are included. */
export interface LeadReadContext extends ReadContext {
  readonly tenant: string
  /** For property leads: the agent whose token is used instead of the property's own agent. */
  readonly actingAgent?: string | undefined
  /** For property leads: the cache of the request, which also has the property's agent. */
  readonly requestCache?: RequestCache | undefined
}

/** Reads the leads of a source within an exact time span. */
export interface LeadReader {
  readProperty(sid: number, span: TimeSpan, read: LeadReadContext): Promise<LeadRow[]>
  readReport(source: ReportSource, window: DayWindow, read: LeadReadContext, admit: CheckTotal): Promise<LeadRow[]>
  /** Yields batches in upstream order. A problem may occur after the first batch. */
  stream(source: LeadSource, window: DayWindow | TimeSpan, read: LeadReadContext): AsyncGenerator<LeadRow[], void>
  createReport(source: ReportSource, days: DayWindow['utcDays'], tenant: string): LeadReport
  /** See `Upstreams`. */
  getAccountId(tenant: string): string
}

export const createLeadReader = (upstreams: Upstreams, ownership: Ownership): LeadReader => {
  const filterWithin = (leads: LeadRow[], span: TimeSpan) => leads.filter(({ createdAt }) => isWithin(span, createdAt))

  const createReport: LeadReader['createReport'] = (source, days, tenant) =>
    upstreams.getSpacio(tenant).getLeadReport(source, days)

  const readProperty: LeadReader['readProperty'] = async (sid, span, read) => {
    const agent = read.actingAgent ?? (await ownership.getPropertyAgent(read.tenant, sid, read.requestCache))
    return filterWithin(await upstreams.getSpacio(read.tenant).listPropertyLeads(sid, agent, read), span)
  }

  return {
    readProperty,
    readReport: async (source, window, read, admit) =>
      filterWithin(await createReport(source, window.utcDays, read.tenant).collect(read, admit), window),
    stream: async function* (source, window, read) {
      if (source.kind === 'property') yield readProperty(source.id, window, read)
      else if ('utcDays' in window) {
        const batches = createReport(source, window.utcDays, read.tenant).stream(read)
        for await (const leads of batches) yield filterWithin(leads, window)
      }
    },
    createReport,
    getAccountId: upstreams.getAccountId,
  }
}
