import type { Caller } from '#src/access-control.ts'
import type { Authorizer } from '../authorizer.ts'
import { createLeadExport } from './export.ts'
import { createLeadList, type SpacioPaging } from './list.ts'
import type { LeadReader } from './reader.ts'
import { createLeadRequestParser } from './request.ts'
import { type LeadSourceQuery, parseLeadSource } from './source.ts'

export type { Lead } from './reader.ts'

export const createLeads = (reader: LeadReader, authorizer: Authorizer, paging: SpacioPaging, now: () => Date) => {
  const parseRequest = createLeadRequestParser(authorizer, now)
  return {
    list: createLeadList(reader, parseRequest, paging, now),
    export: createLeadExport(reader, parseRequest),
    /** Throws unless the caller may read the leads of this query. */
    authorize: (query: LeadSourceQuery, caller: Caller): Promise<void> =>
      authorizer.requireLeads(caller, parseLeadSource(query), query.actingAgent),
  }
}
