import { pMapIterable } from 'p-map'
import { getFragmentText, isFragment } from '#src/json/fragment.ts'
import { utcTime } from '#src/mapping/codecs.ts'
import { isRecord } from '#src/mapping/mapping.ts'
import type { Problem } from '#src/problems.ts'
import { createRowIdentifier, joinPages, type ListPage, type PagedSource, streamPages } from '#src/query/join-pages.ts'
import type { PageInfo } from './envelope.ts'
import type { SpacioResult } from './request.ts'

export type FetchPage = (page: number) => Promise<SpacioResult>

export interface PageRules {
  /** The number of concurrent page requests. */
  concurrency: number
  /** Rejects replies that claim more pages. */
  maxPages: number
  /** Called with the claimed total before the other pages are fetched. May throw. */
  checkTotal?: (totalCount: number) => void
  /** Creates the problem for an inconsistent list. */
  createInconsistencyProblem: (operation: string, reason: string) => Problem
}

export interface SpacioPage extends ListPage<unknown> {
  readonly result: SpacioResult
}

/** Returns all pages of a list as one result. */
export const collectPages = async (fetchPage: FetchPage, rules: PageRules): Promise<SpacioResult> => {
  const { rows, first } = await joinPages(createListReading(fetchPage, rules))
  return { ...first.result, records: rows }
}

/** Yields the pages of a list as separate results. A problem may occur after the first page. */
export async function* streamPageResults(fetchPage: FetchPage, rules: PageRules): AsyncGenerator<SpacioResult, void> {
  for await (const { page, rows } of streamPages(createListReading(fetchPage, rules)))
    yield { ...page.result, records: rows }
}

const createListReading = (fetchPage: FetchPage, rules: PageRules): PagedSource<unknown, SpacioPage> => ({
  identify: identifyRecords,
  // After an inconsistent read, the second attempt reads the pages sequentially.
  readPages: (attempt) => readPages(fetchPage, rules, attempt === 1 ? rules.concurrency : 1),
  createInconsistency: (reason, { result }) => rules.createInconsistencyProblem(result.operation, reason),
})

/** Reads every page once, in order. The list may grow by a page during the read. */
async function* readPages(
  fetchPage: FetchPage,
  { checkTotal, maxPages }: PageRules,
  concurrency: number,
): AsyncGenerator<SpacioPage, void> {
  const first = await fetchPage(1)
  // The reply is not paged and contains the whole list.
  if (!first.info) return yield { rows: first.records, total: first.records.length, fault: null, result: first }
  checkTotal?.(first.info.totalCount)
  yield toPage(first, checkPageCount(first.info, maxPages))
  let lastKnownPage = first.info.totalPages
  for (let pagesRead = 1; pagesRead < Math.min(lastKnownPage, maxPages); ) {
    const last = Math.min(lastKnownPage, maxPages)
    const numbers = iterateRange(pagesRead + 1, last)
    const results =
      concurrency === 1 ? fetchEach(numbers, fetchPage) : pMapIterable(numbers, fetchPage, { concurrency })
    for await (const result of results) {
      yield toPage(result)
      lastKnownPage = result.info?.totalPages ?? 0
    }
    pagesRead = last
  }
}

/** `pMapIterable` would request a page ahead, even if the reader stops at this one. */
async function* fetchEach(numbers: Iterable<number>, fetchPage: FetchPage): AsyncGenerator<SpacioResult, void> {
  for (const number of numbers) yield fetchPage(number)
}

function* iterateRange(from: number, to: number): Generator<number> {
  for (let number = from; number <= to; number += 1) yield number
}

export const toPage = (result: SpacioResult, fault: string | null = null): SpacioPage => {
  const { records: rows, info } = result
  if (!info) return { rows, total: 0, fault: 'a page without info', result }
  const { resultsOnPage, totalCount: total } = info
  const countMismatch = resultsOnPage === rows.length ? null : `a page claims ${resultsOnPage} rows, has ${rows.length}`
  return { rows, total, fault: countMismatch ?? fault, result }
}

/** All pages but the last have the same size. Claims of many empty pages are rejected, because each costs a call. */
const checkPageCount = ({ resultsOnPage, totalCount, totalPages }: PageInfo, maxPages: number): string | null => {
  const fullPages = Math.ceil(totalCount / Math.max(1, resultsOnPage))
  return totalPages <= Math.max(1, Math.min(maxPages, fullPages))
    ? null
    : `${totalPages} pages claimed for ${totalCount} rows, ${resultsOnPage} of them on the first`
}

/** Two visitors may share an id, so the key includes the creation time. */
const getRecordKey = (record: unknown): string | null => {
  if (isFragment(record)) return record.id === null ? null : `${record.id} ${record.createdAt}`
  if (!isRecord(record)) return null
  const id = record.id ?? record.sessionID
  if (id === undefined || id === null || id === '') return null
  const createdAt = utcTime.decode(record.dateCreated, () => {})
  return `${typeof id === 'object' ? JSON.stringify(id) : id} ${typeof createdAt === 'string' ? createdAt : null}`
}

export const identifyRecords = createRowIdentifier(getRecordKey, (record) =>
  isFragment(record) ? getFragmentText(record) : JSON.stringify(record),
)

/** Removes identical records with an id, as joining pages does. */
export const removeDuplicates = (result: SpacioResult): SpacioResult => {
  const identities = identifyRecords(result.records)
  const remainingIdentities = new Set(identities)
  if (remainingIdentities.size === identities.length) return result
  return {
    ...result,
    records: result.records.filter((_, index) => remainingIdentities.delete(identities[index] as string)),
  }
}
