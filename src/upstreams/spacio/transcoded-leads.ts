import { type ListOptions, transcodeList, transcodePage } from '#src/mapping/transcode-list.ts'
import type { ContextText } from '#src/mapping/transcoder-types.ts'
import type { LeadMapping, ReadContext } from './decode.ts'
import { parseRecords } from './envelope.ts'
import { createUniqueLeadIdFactory } from './lead-ids.ts'
import { maxListRecords } from './list-reader.ts'
import { propertyLeadMapping } from './mappings/lead.ts'
import type { ReadRows } from './request.ts'

/** Reads the leads of a brokerage or a team, which have ids: what is usual of them is written at once. */
export const createReportRowReader = (mapping: LeadMapping): ReadRows => {
  const listOptions = {
    transcoder: mapping.transcoder,
    context: () => null,
    mayBeKeyed: true,
    mayHoldRecords: true,
    maxRows: maxListRecords,
  }
  return (body, shape) => readRows(body, shape, listOptions)
}

/** Those of one property. Ids are made of all of a list's leads, so that all are usual or none is written. */
export const createPropertyRowReader =
  (sid: number): ReadRows =>
  (body, shape) =>
    readRows(body, shape, {
      transcoder: propertyLeadMapping.transcoder,
      context: createContextText(sid),
      mayBeKeyed: true,
      mayHoldRecords: false,
      maxRows: maxListRecords,
    })

export const withRows = (read: ReadContext, readRows: ReadRows): ReadContext =>
  read.acceptsText && !read.includeSource ? { ...read, readRows } : read

const createContextText = (sid: number): ContextText => {
  const getLeadId = createUniqueLeadIdFactory(sid)
  return (field, layout, record) => {
    if (field === 'sid') return String(sid)
    const id = field === 'id' ? getLeadId(layout, record) : null
    return id === null ? null : JSON.stringify(id)
  }
}

function* readRows(body: Buffer, shape: Parameters<ReadRows>[1], listOptions: ListOptions): ReturnType<ReadRows> {
  if (shape === 'keyed') {
    const records = yield* transcodeList(body, listOptions)
    return records && { records, info: null }
  }
  const page = shape === 'paged' ? yield* transcodePage(body, ['info'], listOptions) : null
  return page && parseRecords(page, 'paged')
}
