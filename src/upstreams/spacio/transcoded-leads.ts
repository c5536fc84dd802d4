import type { ListTranscoding } from '#src/mapping/transcode/list.ts'
import type { ContextText } from '#src/mapping/transcode/types.ts'
import type { LeadMapping, ReadContext } from './decode.ts'
import { createUniqueLeadIdFactory } from './lead-ids.ts'
import { propertyLeadMapping } from './mappings/lead.ts'

/** For the leads of a brokerage or a team, which have ids. */
export const createReportTranscoding = ({ transcoder }: LeadMapping): ListTranscoding => ({
  transcoder,
  createContext: () => () => null,
  mayHoldRecords: true,
})

/** For the leads of one property. Their ids depend on the whole list, so either all of them are transcoded or none is. */
export const createPropertyTranscoding = (sid: number): ListTranscoding => ({
  transcoder: propertyLeadMapping.transcoder,
  createContext: () => createContextText(sid),
  mayHoldRecords: false,
})

export const withTranscoding = (read: ReadContext, transcoding: ListTranscoding): ReadContext =>
  read.acceptsText && !read.includeSource ? { ...read, transcoding } : read

const createContextText = (sid: number): ContextText => {
  const getLeadId = createUniqueLeadIdFactory(sid)
  return (field, tape, record) => {
    if (field === 'sid') return String(sid)
    const id = field === 'id' ? getLeadId(tape, record) : null
    return id === null ? null : JSON.stringify(id)
  }
}
