import pMap from 'p-map'
import { isRecord } from '#src/mapping/define.ts'
import type { Problem } from '#src/problems.ts'
import type { Answer } from './ask.ts'
import type { PageInfo } from './records.ts'

export interface PageRules {
  /** Pages fetched at the same time. */
  concurrency: number
  /** The longest list that is read; what claims more pages is not believed. */
  maxPages: number
  /** Called with the claimed total before the rest is fetched; may throw. */
  admit?: (totalCount: number) => void
  /** The problem of a list that contradicts itself. */
  inconsistent: (answer: Answer, reason: string) => Problem
}

/**
 * Joins all pages of a list. Every page must carry the rows that its own `info` claims, and all pages together the
 * `totalCount` that all of them agree on: rows may shift from page to page while one reads. One more try, then a
 * problem: never a shorter list.
 */
export const collectPages = async (fetchPage: (page: number) => Promise<Answer>, rules: PageRules): Promise<Answer> => {
  const first = await tryToCollect(fetchPage, rules)
  if (first.reason === null) return first.answer
  const second = await tryToCollect(fetchPage, rules)
  if (second.reason === null) return second.answer
  throw rules.inconsistent(second.answer, second.reason)
}

interface Attempt {
  answer: Answer
  /** Why the pages do not make a whole; null: they do. */
  reason: string | null
}

const tryToCollect = async (fetchPage: (page: number) => Promise<Answer>, rules: PageRules): Promise<Attempt> => {
  const first = await fetchPage(1)
  if (!first.info) return { answer: first, reason: null }
  rules.admit?.(first.info.totalCount)
  const reasonOfFirst = reasonOfPage(first) ?? reasonOfPageCount(first.info, rules.maxPages)
  if (reasonOfFirst) return { answer: first, reason: reasonOfFirst }
  const others = Array.from({ length: Math.max(0, first.info.totalPages - 1) }, (_, index) => index + 2)
  const pages = [first, ...(await pMap(others, fetchPage, { concurrency: rules.concurrency }))]
  const records = [
    ...new Map(pages.flatMap((page) => page.records).map((record) => [identityOf(record), record])).values(),
  ]
  const reason = reasonOfAll(pages, first.info.totalCount, records.length)
  return { answer: { ...first, records }, reason }
}

const reasonOfPage = ({ records, info }: Answer): string | null =>
  info && info.resultsOnPage !== records.length
    ? `a page claims ${info.resultsOnPage} rows, has ${records.length}`
    : null

/** All pages but the last are as long as the first; a page that carries nothing costs a call and may cost memory. */
const reasonOfPageCount = ({ resultsOnPage, totalCount, totalPages }: PageInfo, maxPages: number): string | null => {
  const fullPages = Math.ceil(totalCount / Math.max(1, resultsOnPage))
  return totalPages <= Math.max(1, Math.min(maxPages, fullPages))
    ? null
    : `${totalPages} pages claimed for ${totalCount} rows, ${resultsOnPage} of them on the first`
}

const reasonOfAll = (pages: Answer[], totalCount: number, distinct: number): string | null => {
  const short = pages.map(reasonOfPage).find((reason) => reason !== null)
  if (short) return short
  if (pages.some((page) => (page.info?.totalCount ?? 0) !== totalCount)) return 'the total changed while it was read'
  return distinct === totalCount ? null : `${totalCount} rows claimed, ${distinct} distinct ones found`
}

const identityOf = (record: unknown): string => {
  const id = isRecord(record) ? (record.id ?? record.sessionID) : undefined
  return id === undefined || id === null || id === '' ? JSON.stringify(record) : JSON.stringify(id)
}
