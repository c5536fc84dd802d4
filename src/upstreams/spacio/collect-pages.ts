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
  /** Pages fetched at the same time. */
  concurrency: number
  /** The longest list that is read; what claims more pages is not believed. */
  maxPages: number
  /** Called with the claimed total before the rest is fetched; may throw. */
  checkTotal?: (totalCount: number) => void
  /** The problem of a list that contradicts itself. */
  createInconsistencyProblem: (operation: string, reason: string) => Problem
}

export interface SpacioPage extends ListPage<unknown> {
  readonly result: SpacioResult
}

/** All pages of a list as one answer. */
export const collectPages = async (fetchPage: FetchPage, rules: PageRules): Promise<SpacioResult> => {
  const { rows, first } = await joinPages(createListReading(fetchPage, rules))
  return { ...first.result, records: rows }
}

/** The same, page by page. A problem may come after rows. */
export async function* streamPageResults(fetchPage: FetchPage, rules: PageRules): AsyncGenerator<SpacioResult, void> {
  for await (const { page, rows } of streamPages(createListReading(fetchPage, rules)))
    yield { ...page.result, records: rows }
}

const createListReading = (fetchPage: FetchPage, rules: PageRules): PagedSource<unknown, SpacioPage> => ({
  identify: identifyRecords,
  // A list that was disturbed is read page after page the second time.
  readPages: (attempt) => readPages(fetchPage, rules, attempt === 1 ? rules.concurrency : 1),
  createInconsistency: (reason, { result }) => rules.createInconsistencyProblem(result.operation, reason),
})

/** Reads every page once, in order. The list may grow by a page while it is read. */
async function* readPages(
  fetchPage: FetchPage,
  { checkTotal, maxPages }: PageRules,
  concurrency: number,
): AsyncGenerator<SpacioPage, void> {
  const first = await fetchPage(1)
  // The whole list came at once.
  if (!first.info) return yield { rows: first.records, total: first.records.length, fault: null, result: first }
  checkTotal?.(first.info.totalCount)
  yield toPage(first, checkPageCount(first.info, maxPages))
  let lastKnownPage = first.info.totalPages
  for (let pagesRead = 1; pagesRead < Math.min(lastKnownPage, maxPages); ) {
    const last = Math.min(lastKnownPage, maxPages)
    for await (const result of pMapIterable(iterateRange(pagesRead + 1, last), fetchPage, { concurrency })) {
      yield toPage(result)
      lastKnownPage = result.info?.totalPages ?? 0
    }
    pagesRead = last
  }
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

/** All pages but the last are as long as the first; a page that carries nothing costs a call and may cost memory. */
const checkPageCount = ({ resultsOnPage, totalCount, totalPages }: PageInfo, maxPages: number): string | null => {
  const fullPages = Math.ceil(totalCount / Math.max(1, resultsOnPage))
  return totalPages <= Math.max(1, Math.min(maxPages, fullPages))
    ? null
    : `${totalPages} pages claimed for ${totalCount} rows, ${resultsOnPage} of them on the first`
}

/** An id alone may be shared by two visitors; with the time at which they came it tells them apart. */
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

/** Identical records with an id are one, as they are in a list of pages. */
export const removeDuplicates = (result: SpacioResult): SpacioResult => {
  const identities = identifyRecords(result.records)
  const remainingIdentities = new Set(identities)
  if (remainingIdentities.size === identities.length) return result
  return {
    ...result,
    records: result.records.filter((_, index) => remainingIdentities.delete(identities[index] as string)),
  }
}
