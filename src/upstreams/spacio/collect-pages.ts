import { pMapIterable } from 'p-map'
import { isWritten, textOf } from '#src/json/fragment.ts'
import { utcTime } from '#src/mapping/codecs.ts'
import { isRecord } from '#src/mapping/mapping.ts'
import type { Problem } from '#src/problems.ts'
import { identifyBy, joinPages, type ListPage, type ListReading, streamPages } from '#src/query/join-pages.ts'
import type { PageInfo } from './envelope.ts'
import type { Answer } from './request.ts'

export type FetchPage = (page: number) => Promise<Answer>

export interface PageRules {
  /** Pages fetched at the same time. */
  concurrency: number
  /** The longest list that is read; what claims more pages is not believed. */
  maxPages: number
  /** Called with the claimed total before the rest is fetched; may throw. */
  admit?: (totalCount: number) => void
  /** The problem of a list that contradicts itself. */
  inconsistent: (operation: string, reason: string) => Problem
}

export interface SpacioPage extends ListPage<unknown> {
  readonly answer: Answer
}

/** All pages of a list as one answer. */
export const collectPages = async (fetchPage: FetchPage, rules: PageRules): Promise<Answer> => {
  const { rows, first } = await joinPages(readingOf(fetchPage, rules))
  return { ...first.answer, records: rows }
}

/** The same, page by page. A problem may come after rows. */
export async function* readPageByPage(fetchPage: FetchPage, rules: PageRules): AsyncGenerator<Answer, void> {
  for await (const { page, rows } of streamPages(readingOf(fetchPage, rules))) yield { ...page.answer, records: rows }
}

const readingOf = (fetchPage: FetchPage, rules: PageRules): ListReading<unknown, SpacioPage> => ({
  identify: identifyRecords,
  // A list that was disturbed is read page after page the second time.
  readPages: (attempt) => readPages(fetchPage, rules, attempt === 1 ? rules.concurrency : 1),
  inconsistent: (reason, { answer }) => rules.inconsistent(answer.operation, reason),
})

/** Reads every page once, in order. The list may grow by a page while it is read. */
async function* readPages(
  fetchPage: FetchPage,
  { admit, maxPages }: PageRules,
  concurrency: number,
): AsyncGenerator<SpacioPage, void> {
  const first = await fetchPage(1)
  // The whole list came at once.
  if (!first.info) return yield { rows: first.records, total: first.records.length, fault: null, answer: first }
  admit?.(first.info.totalCount)
  yield toPage(first, faultOfPageCount(first.info, maxPages))
  let upTo = first.info.totalPages
  for (let read = 1; read < Math.min(upTo, maxPages); ) {
    const last = Math.min(upTo, maxPages)
    for await (const answer of pMapIterable(range(read + 1, last), fetchPage, { concurrency })) {
      yield toPage(answer)
      upTo = answer.info?.totalPages ?? 0
    }
    read = last
  }
}

function* range(from: number, to: number): Generator<number> {
  for (let number = from; number <= to; number += 1) yield number
}

export const toPage = (answer: Answer, fault: string | null = null): SpacioPage => {
  const { records: rows, info } = answer
  if (!info) return { rows, total: 0, fault: 'a page without info', answer }
  const { resultsOnPage, totalCount: total } = info
  const miscounted = resultsOnPage === rows.length ? null : `a page claims ${resultsOnPage} rows, has ${rows.length}`
  return { rows, total, fault: miscounted ?? fault, answer }
}

/** All pages but the last are as long as the first; a page that carries nothing costs a call and may cost memory. */
const faultOfPageCount = ({ resultsOnPage, totalCount, totalPages }: PageInfo, maxPages: number): string | null => {
  const fullPages = Math.ceil(totalCount / Math.max(1, resultsOnPage))
  return totalPages <= Math.max(1, Math.min(maxPages, fullPages))
    ? null
    : `${totalPages} pages claimed for ${totalCount} rows, ${resultsOnPage} of them on the first`
}

/** An id alone may be shared by two visitors; with the time at which they came it tells them apart. */
const keyOf = (record: unknown): string | null => {
  if (isWritten(record)) return record.id === null ? null : `${record.id} ${record.createdAt}`
  if (!isRecord(record)) return null
  const id = record.id ?? record.sessionID
  if (id === undefined || id === null || id === '') return null
  const createdAt = utcTime.decode(record.dateCreated, () => {})
  return `${typeof id === 'object' ? JSON.stringify(id) : id} ${typeof createdAt === 'string' ? createdAt : null}`
}

export const identifyRecords = identifyBy(keyOf, (record) =>
  isWritten(record) ? textOf(record) : JSON.stringify(record),
)

/** Identical records with an id are one, as they are in a list of pages. */
export const withoutDoubles = (answer: Answer): Answer => {
  const identities = identifyRecords(answer.records)
  const seen = new Set(identities)
  if (seen.size === identities.length) return answer
  return { ...answer, records: answer.records.filter((_, index) => seen.delete(identities[index] as string)) }
}
