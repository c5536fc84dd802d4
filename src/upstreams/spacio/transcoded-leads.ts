import { type ListRewriting, rewritePage, rewriteWhole } from '#src/mapping/transcode-list.ts'
import type { GivenText } from '#src/mapping/transcoder-types.ts'
import type { LeadMapping, ReadContext } from './decode.ts'
import { recordsIn } from './envelope.ts'
import { createLoneLeadIds } from './lead-ids.ts'
import { maxListRecords } from './list-reader.ts'
import { propertyLeadMapping } from './mappings/lead.ts'
import type { ReadRows } from './request.ts'

/** Reads the leads of a brokerage or a team, which have ids: what is usual of them is written at once. */
export const readReportRows = (mapping: LeadMapping): ReadRows => {
  const rewriting = {
    rewriter: mapping.rewriter,
    given: () => null,
    mayBeKeyed: true,
    mayHoldRecords: true,
    maxRows: maxListRecords,
  }
  return (body, shape) => readRows(body, shape, rewriting)
}

/** Those of one property. Ids are made of all of a list's leads, so that all are usual or none is written. */
export const readPropertyRows =
  (sid: number): ReadRows =>
  (body, shape) =>
    readRows(body, shape, {
      rewriter: propertyLeadMapping.rewriter,
      given: givenOf(sid),
      mayBeKeyed: true,
      mayHoldRecords: false,
      maxRows: maxListRecords,
    })

/** Where the wire records are wanted too, leads are read as records. */
export const withRows = (read: ReadContext, readRows: ReadRows): ReadContext =>
  read.includeSource ? read : { ...read, readRows }

const givenOf = (sid: number): GivenText => {
  const idOf = createLoneLeadIds(sid)
  return (field, layout, record) => {
    if (field === 'sid') return String(sid)
    const id = field === 'id' ? idOf(layout, record) : null
    return id === null ? null : JSON.stringify(id)
  }
}

function* readRows(body: Buffer, shape: Parameters<ReadRows>[1], rewriting: ListRewriting): ReturnType<ReadRows> {
  if (shape === 'keyed') {
    const records = yield* rewriteWhole(body, rewriting)
    return records && { records, info: null }
  }
  const page = shape === 'paged' ? yield* rewritePage(body, ['info'], rewriting) : null
  return page && recordsIn(page, 'paged')
}
