import { isRecord } from '#src/mapping/mapping.ts'
import { readElements } from '#src/mapping/nested-codecs.ts'
import type { ReplyShape } from './operations.ts'

export interface PageInfo {
  resultsOnPage: number
  totalCount: number
  totalPages: number
}

export interface RecordList {
  records: unknown[]
  /** Null if the reply is not paged. */
  info: PageInfo | null
}

/** Returns the records of a reply in the operation's shape, or null if it has another shape. */
export const parseRecords = (value: unknown, shape: ReplyShape): RecordList | null => parsersByShape[shape](value)

const parsersByShape: Record<ReplyShape, (value: unknown) => RecordList | null> = {
  record: (value) => (isRecord(value) && !isEmpty(value) ? toUnpagedList([value]) : null),
  keyed: (value) => parseList(value, isRecord),
  emails: (value) => parseList(value, (element) => typeof element === 'string' || isRecord(element)),
  paged: (value) => (isRecord(value) && 'data' in value ? parsePage(value) : isEmpty(value) ? toUnpagedList([]) : null),
}

const toUnpagedList = (records: unknown[]): RecordList => ({ records, info: null })

const parseList = (value: unknown, isElement: (element: unknown) => boolean): RecordList | null => {
  const elements = readElements(value)
  return elements?.every(isElement) ? toUnpagedList(elements) : null
}

const parsePage = ({ info, data }: Record<string, unknown>): RecordList | null => {
  const list = parseList(data, isRecord)
  if (!list || !isRecord(info)) return null
  const [resultsOnPage, totalCount, totalPages] = [info.resultsOnPage, info.totalCount, info.totalPages].map(parseCount)
  if (resultsOnPage === undefined || totalCount === undefined || totalPages === undefined) return null
  return { records: list.records, info: { resultsOnPage, totalCount, totalPages } }
}

const parseCount = (value: unknown): number | undefined => {
  // Counts may be text, and PHP formats the result of a division as `3.0`.
  const count = typeof value === 'string' && /^\d{1,9}(\.0{1,9})?$/.test(value) ? Number(value) : value
  return typeof count === 'number' && Number.isSafeInteger(count) && count >= 0 ? count : undefined
}

const isEmpty = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && Object.keys(value).length === 0
