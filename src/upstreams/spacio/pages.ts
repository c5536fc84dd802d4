import { pMapIterable } from 'p-map'
import { isRecord } from '#src/mapping/define.ts'
import type { Problem } from '#src/problems.ts'
import type { Answer } from './ask.ts'
import type { PageInfo } from './records.ts'

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

/**
 * All pages of a list as one. Rows may arrive while it is read, and shift others from page to page. What is accepted
 * holds at least every row that was there when the reading began; the argument stands in docs/paging.md. A list that
 * contradicts itself is read once more, page after page, and then is a problem: never a shorter list.
 */
export const collectPages = async (fetchPage: FetchPage, rules: PageRules): Promise<Answer> => {
  let pass = await readWhole(readPass(fetchPage, rules, rules.concurrency))
  if (pass.reason !== null) pass = await readWhole(readPass(fetchPage, rules, 1))
  if (pass.reason !== null) throw rules.inconsistent(pass.answer.operation, pass.reason)
  return pass.answer
}

/** The same, page by page, each row once, holding no more than the rows' ids; a problem comes after what was given. */
export async function* streamPages(fetchPage: FetchPage, rules: PageRules): AsyncGenerator<Answer, void> {
  const given = new Set<string>()
  let verdict: Verdict = { operation: '', reason: null }
  for (const concurrency of [rules.concurrency, 1]) {
    const pass = readPass(fetchPage, rules, concurrency)
    for (;;) {
      const { done, value } = await pass.next()
      if (done) {
        verdict = value
        break
      }
      yield { ...value, records: value.records.filter((record) => isNew(given, record)) }
    }
    if (verdict.reason === null) return
  }
  throw rules.inconsistent(verdict.operation, verdict.reason as string)
}

interface Verdict {
  operation: string
  /** Why the pages do not make a whole; null: they do. */
  reason: string | null
}

/** Whether a row was not seen before; notes it. */
const isNew = (seen: Set<string>, record: unknown): boolean => {
  const identity = identityOf(record)
  return !seen.has(identity) && seen.add(identity).size > 0
}

const readWhole = async (pass: AsyncGenerator<Answer, Verdict>): Promise<{ answer: Answer; reason: string | null }> => {
  const rows = new Map<string, unknown>()
  let first: Answer | undefined
  for (;;) {
    const { done, value } = await pass.next()
    if (done) return { answer: { ...(first as Answer), records: [...rows.values()] }, reason: value.reason }
    first ??= value
    for (const record of value.records) rows.set(identityOf(record), record)
  }
}

/** Reads every page once, in order. The list may grow by a page while it is read. */
async function* readPass(fetchPage: FetchPage, rules: PageRules, concurrency: number): AsyncGenerator<Answer, Verdict> {
  const first = await fetchPage(1)
  const { operation, info } = first
  yield first
  if (!info) return { operation, reason: null }
  rules.admit?.(info.totalCount)
  const check = createCheck(info.totalCount)
  let reason = check.next(first) ?? reasonOfPageCount(info, rules.maxPages)
  for (let read = 1; reason === null && read < Math.min(check.totalPages(), rules.maxPages); ) {
    const upTo = Math.min(check.totalPages(), rules.maxPages)
    for await (const page of pMapIterable(range(read + 1, upTo), fetchPage, { concurrency })) {
      yield page
      reason ??= check.next(page)
      if (reason !== null) break
    }
    read = upTo
  }
  return { operation, reason: reason ?? check.end() }
}

function* range(from: number, to: number): Generator<number> {
  for (let number = from; number <= to; number += 1) yield number
}

/**
 * Totals that never fall from page to page, and as many distinct rows as the first page claimed: then no row that was
 * there all the time can have slipped from a page not yet read to one that was.
 */
const createCheck = (claimedFirst: number) => {
  const seen = new Set<string>()
  let total = claimedFirst
  let pages = 0
  return {
    totalPages: () => pages,
    next: ({ records, info }: Answer): string | null => {
      for (const record of records) seen.add(identityOf(record))
      if (!info) return 'a page without info'
      if (info.resultsOnPage !== records.length) {
        return `a page claims ${info.resultsOnPage} rows, has ${records.length}`
      }
      if (info.totalCount < total) return `the total fell from ${total} to ${info.totalCount} while it was read`
      total = info.totalCount
      pages = info.totalPages
      return null
    },
    end: (): string | null =>
      seen.size >= claimedFirst && seen.size <= total
        ? null
        : `${total} rows claimed, ${seen.size} distinct ones found`,
  }
}

/** All pages but the last are as long as the first; a page that carries nothing costs a call and may cost memory. */
const reasonOfPageCount = ({ resultsOnPage, totalCount, totalPages }: PageInfo, maxPages: number): string | null => {
  const fullPages = Math.ceil(totalCount / Math.max(1, resultsOnPage))
  return totalPages <= Math.max(1, Math.min(maxPages, fullPages))
    ? null
    : `${totalPages} pages claimed for ${totalCount} rows, ${resultsOnPage} of them on the first`
}

const identityOf = (record: unknown): string => {
  const id = isRecord(record) ? (record.id ?? record.sessionID) : undefined
  return id === undefined || id === null || id === '' ? JSON.stringify(record) : JSON.stringify(id)
}
