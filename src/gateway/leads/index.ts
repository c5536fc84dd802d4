import type { Caller } from '#src/access-control.ts'
import type { LogStore } from '#src/store/store.ts'
import type { Authorizer } from '../authorizer.ts'
import { createLeadExport } from './export.ts'
import { createLeadFinder } from './find.ts'
import { createLeadList, type SpacioPaging } from './list.ts'
import type { JoinProperties } from './property-join.ts'
import type { LeadReader } from './reader.ts'
import { createLeadRequestParser } from './request.ts'
import { type LeadSourceQuery, parseLeadSource } from './source.ts'

export type { Lead } from './reader.ts'

export const createLeads = (
  reader: LeadReader,
  authorizer: Authorizer,
  joinProperties: JoinProperties,
  store: LogStore,
  paging: SpacioPaging,
  now: () => Date,
) => {
  const parseRequest = createLeadRequestParser(authorizer, now)
  return {
    list: createLeadList(reader, parseRequest, joinProperties, paging, now),
    find: createLeadFinder(reader, parseRequest, joinProperties, store, now),
    export: createLeadExport(reader, parseRequest, joinProperties),
    /** Throws unless the caller may read the leads of this query. */
    authorize: (query: LeadSourceQuery, caller: Caller): Promise<void> =>
      authorizer.requireLeads(caller, parseLeadSource(query), query.actingAgent),
  }
}
