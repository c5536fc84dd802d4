import { isRecord } from '#src/mapping/mapping.ts'
import { elementsOf } from '#src/mapping/nested-codecs.ts'
import type { Shape } from './operations.ts'

export interface PageInfo {
  resultsOnPage: number
  totalCount: number
  totalPages: number
}

export interface Records {
  records: unknown[]
  /** Of a paged reply; null where the whole list came at once. */
  info: PageInfo | null
}

/** The records of a reply, by the shape of its operation; null: the reply has another shape. */
export const recordsIn = (value: unknown, shape: Shape): Records | null => readers[shape](value)

const readers: Record<Shape, (value: unknown) => Records | null> = {
  record: (value) => (isRecord(value) && !isEmpty(value) ? whole([value]) : null),
  keyed: (value) => listOf(value, isRecord),
  emails: (value) => listOf(value, (element) => typeof element === 'string' || isRecord(element)),
  paged: (value) => (isRecord(value) && 'data' in value ? readPage(value) : isEmpty(value) ? whole([]) : null),
}

const whole = (records: unknown[]): Records => ({ records, info: null })

const listOf = (value: unknown, isElement: (element: unknown) => boolean): Records | null => {
  const elements = elementsOf(value)
  return elements?.every(isElement) ? whole(elements) : null
}

const readPage = ({ info, data }: Record<string, unknown>): Records | null => {
  const list = listOf(data, isRecord)
  if (!list || !isRecord(info)) return null
  const [resultsOnPage, totalCount, totalPages] = [info.resultsOnPage, info.totalCount, info.totalPages].map(countOf)
  if (resultsOnPage === undefined || totalCount === undefined || totalPages === undefined) return null
  return { records: list.records, info: { resultsOnPage, totalCount, totalPages } }
}

const countOf = (value: unknown): number | undefined => {
  // Counts come as text as well, and PHP writes `3.0` for a number that it has divided.
  const count = typeof value === 'string' && /^\d{1,9}(\.0{1,9})?$/.test(value) ? Number(value) : value
  return typeof count === 'number' && Number.isSafeInteger(count) && count >= 0 ? count : undefined
}

const isEmpty = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && Object.keys(value).length === 0
