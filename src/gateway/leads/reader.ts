import type { Static } from 'typebox'
import type { Lead as LeadSchema } from '#schemas/lead.ts'
import { type DayWindow, isWithin, type Span } from '#src/query/window.ts'
import type { Admit, LeadReport, LeadRow, ReadContext, ReportSource, Upstreams } from '#src/upstreams/index.ts'
import type { Ownership } from '../ownership.ts'
import type { LeadSource } from './source.ts'

export type { LeadRow } from '#src/upstreams/index.ts'

export type Lead = Static<typeof LeadSchema>

/** For whom, until when, and with or without the wire records. */
export interface LeadRead extends ReadContext {
  readonly tenant: string
  /** Of a property: the agent whose token is used, if not the property's own. */
  readonly actingAgent?: string | undefined
}

/** Reads the leads of a source within a span of time, exactly. */
export interface LeadReader {
  ofProperty(sid: number, span: Span, read: LeadRead): Promise<LeadRow[]>
  ofReport(source: ReportSource, window: DayWindow, read: LeadRead, admit: Admit): Promise<LeadRow[]>
  /** Some at a time, in the upstream's order; a problem may come after leads were given. */
  stream(source: LeadSource, window: DayWindow | Span, read: LeadRead): AsyncGenerator<LeadRow[], void>
  report(source: ReportSource, days: DayWindow['utcDays'], tenant: string): LeadReport
}

export const createLeadReader = (upstreams: Upstreams, ownership: Ownership): LeadReader => {
  const within = (leads: LeadRow[], span: Span) => leads.filter(({ createdAt }) => isWithin(span, createdAt))

  const report: LeadReader['report'] = (source, days, tenant) => upstreams.spacio(tenant).leadReport(source, days)

  const ofProperty: LeadReader['ofProperty'] = async (sid, span, read) => {
    const agent = read.actingAgent ?? (await ownership.agentOf(read.tenant, sid))
    return within(await upstreams.spacio(read.tenant).propertyLeads(sid, agent, read), span)
  }

  return {
    ofProperty,
    ofReport: async (source, window, read, admit) =>
      within(await report(source, window.utcDays, read.tenant).collect(read, admit), window),
    stream: async function* (source, window, read) {
      if (source.kind === 'property') yield ofProperty(source.id, window, read)
      else if ('utcDays' in window) {
        const batches = report(source, window.utcDays, read.tenant).stream(read)
        for await (const leads of batches) yield within(leads, window)
      }
    },
    report,
  }
}
