import { createLeadExport } from './export.ts'
import { createLeadList, type SpacioPaging } from './list.ts'
import type { LeadReader } from './reader.ts'

export type { Lead } from './reader.ts'

export const createLeads = (reader: LeadReader, paging: SpacioPaging, now: () => Date) => ({
  list: createLeadList(reader, paging, now),
  export: createLeadExport(reader, now),
})
