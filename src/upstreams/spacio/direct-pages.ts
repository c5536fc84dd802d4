import { type Answer, unusable } from './ask.ts'
import type { FetchPage } from './pages.ts'

/** The vendor's page size; there is no parameter for it. */
const pageSize = 100

/**
 * Cuts rows straight out of the upstream's pages: as few calls as the cut touches pages. What the pages say of the
 * list has to agree; one more try, then a problem.
 */
export const readDirect = async (
  fetchPage: FetchPage,
  offset: number,
  limit: number,
): Promise<{ total: number; answer: Answer }> => {
  const first = await tryDirect(fetchPage, offset, limit)
  if (first.reason === null) return first
  const second = await tryDirect(fetchPage, offset, limit)
  if (second.reason === null) return second
  throw unusable(second.answer.operation, { status: 200 }, second.reason)
}

const tryDirect = async (fetchPage: FetchPage, offset: number, limit: number) => {
  const from = Math.floor(offset / pageSize) + 1
  const opening = await fetchPage(from)
  // Of a page past the end nothing is known, so the first one tells how long the list is.
  const { info } = opening.info || from === 1 ? opening : await fetchPage(1)
  const total = info?.totalCount ?? 0
  const to = Math.min(Math.ceil((offset + limit) / pageSize), Math.ceil(total / pageSize))
  const rest = await Promise.all(
    Array.from({ length: Math.max(0, to - from) }, (_, index) => fetchPage(from + 1 + index)),
  )
  const pages = offset < total ? [opening, ...rest] : []
  const reason = pages.map((page, index) => reasonOf(page, from + index, total)).find((each) => each !== null) ?? null
  const start = offset - (from - 1) * pageSize
  const records = pages.flatMap((page) => page.records).slice(start, start + limit)
  return { total, answer: { ...opening, records }, reason }
}

const reasonOf = ({ records, info }: Answer, page: number, total: number): string | null => {
  const expected = Math.min(pageSize, total - (page - 1) * pageSize)
  if (info?.totalCount !== total) return 'the total changed while it was read'
  return info.resultsOnPage === records.length && records.length === expected
    ? null
    : `page ${page} should have ${expected} rows, claims ${info.resultsOnPage}, has ${records.length}`
}
