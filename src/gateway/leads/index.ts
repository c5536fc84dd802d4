import type { Caller } from '#src/access-control.ts'
import type { Authority } from '../authorizer.ts'
import { createLeadExport } from './export.ts'
import { createLeadList, type SpacioPaging } from './list.ts'
import type { LeadReader } from './reader.ts'
import { createUnderstanding } from './request.ts'
import { type LeadSourceQuery, leadSourceOf } from './source.ts'

export type { Lead } from './reader.ts'

export const createLeads = (reader: LeadReader, authority: Authority, paging: SpacioPaging, now: () => Date) => {
  const understand = createUnderstanding(authority, now)
  return {
    list: createLeadList(reader, understand, paging, now),
    export: createLeadExport(reader, understand),
    /** Throws unless the leads that a query asks for are the caller's to read. */
    authorize: (query: LeadSourceQuery, caller: Caller): Promise<void> =>
      authority.leads(caller, leadSourceOf(query), query.actingAgent),
  }
}
