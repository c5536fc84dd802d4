import type { Problem } from '#src/problems.ts'

/** A page of an upstream list. */
export interface ListPage<Row> {
  readonly rows: readonly Row[]
  /** Number of rows in the whole list, as the page claims. */
  readonly total: number
  /** The reason why the page contradicts itself, or null. */
  readonly fault: string | null
}

/** Describes how to read a list, or a part of it, page by page. */
export interface PagedSource<Row, Page extends ListPage<Row>> {
  /** Reads each page once, in order. The second attempt follows an inconsistent first one. */
  readPages(attempt: 1 | 2): AsyncIterable<Page>
  /** Returns an identity for each row of a page. Equal identities are the same row, also on different pages. */
  identify(rows: readonly Row[]): readonly string[]
  /** The number of rows before the part, and its maximum length. Default: the whole list. */
  skip?: number
  limit?: number
  /** Creates the problem of a list that was inconsistent twice. `last` is the page that revealed it. */
  createInconsistency(reason: string, last: Page): Problem
}

interface JoinedList<Row, Page> {
  readonly rows: Row[]
  readonly first: Page
  /** Number of rows in the whole list. */
  readonly total: number
}

const readAttempts = [1, 2] as const

/**
 * Joins the pages of a list that may change during the read. The result has every row that existed during the whole
 * read (docs/paging.md explains why). An inconsistent list is read a second time. If it is inconsistent again, the
 * function throws, because it must never return a shorter list.
 */
export const joinPages = async <Row, Page extends ListPage<Row>>(
  source: PagedSource<Row, Page>,
): Promise<JoinedList<Row, Page>> => {
  const duplicates = new Set<string>()
  let problem: Problem | undefined
  for (const attempt of readAttempts) {
    const check = createConsistencyCheck(source, duplicates)
    const pages: IdentifiedPage<Page>[] = []
    for await (const page of source.readPages(attempt)) {
      pages.push({ page, identities: check.add(page) })
      if (check.isInconsistent()) break
    }
    const verdict = check.finish()
    if (verdict === null) return { rows: getUniqueRows(pages), first: pages[0]?.page as Page, total: check.total() }
    problem = source.createInconsistency(verdict, pages.at(-1)?.page as Page)
  }
  throw problem
}

interface IdentifiedPage<Page> {
  readonly page: Page
  readonly identities: readonly string[]
}

const getUniqueRows = <Row>(pages: readonly IdentifiedPage<ListPage<Row>>[]): Row[] => {
  const emittedIds = new Set<string>()
  return pages.flatMap(({ page, identities }) =>
    page.rows.filter((_, index) => isNew(emittedIds, identities[index] as string)),
  )
}

const isNew = (emittedIds: Set<string>, identity: string): boolean => {
  const before = emittedIds.size
  return emittedIds.add(identity).size > before
}

/**
 * Streams the same rows page by page, each row once. It stores only the identities of the rows. It may throw after it
 * has returned rows.
 */
export async function* streamPages<Row, Page extends ListPage<Row>>(
  source: PagedSource<Row, Page>,
): AsyncGenerator<{ page: Page; rows: Row[] }, void> {
  const emittedIds = new Set<string>()
  const duplicates = new Set<string>()
  let problem: Problem | undefined
  for (const attempt of readAttempts) {
    const check = createConsistencyCheck(source, duplicates)
    let last: Page | undefined
    for await (const page of source.readPages(attempt)) {
      last = page
      const identities = check.add(page)
      yield { page, rows: page.rows.filter((_, index) => isNew(emittedIds, identities[index] as string)) }
      if (check.isInconsistent()) break
    }
    const verdict = check.finish()
    if (verdict === null) return
    problem = source.createInconsistency(verdict, last as Page)
  }
  throw problem
}

/**
 * Checks that totals never fall, that no more rows are repeated than were added, and that the number of rows matches
 * the totals. Then no row can have moved from an unread page to a page that was already read.
 */
const createConsistencyCheck = <Row, Page extends ListPage<Row>>(
  { identify, skip = 0, limit = Number.POSITIVE_INFINITY }: PagedSource<Row, Page>,
  previousDuplicates: Set<string>,
) => {
  const identitySet = new Set<string>()
  /** Rows that occur several times on one page, with the number of further occurrences. */
  const surplus = new Map<string, number>()
  let firstTotal = -1
  let total = 0
  let repeats = 0
  let reason: string | null = null

  const note = (identities: readonly string[]): void => {
    const before = identitySet.size
    for (const identity of identities) identitySet.add(identity)
    if (identitySet.size === before + identities.length) return
    const onPage = Map.groupBy(identities, (identity) => identity)
    repeats += onPage.size - (identitySet.size - before)
    for (const [identity, { length }] of onPage)
      if (length > 1) surplus.set(identity, Math.max(length - 1, surplus.get(identity) ?? 0))
  }

  const findFault = (page: Page): string | null => {
    if (page.fault !== null) return page.fault
    if (page.total < total) return `the total fell from ${total} to ${page.total} while it was read`
    if (repeats > page.total - firstTotal) return 'a row is on two pages although none has arrived'
    return null
  }

  const isEntireList = () => skip === 0 && total <= limit

  const countSurplus = () => surplus.values().reduce((sum, count) => sum + count, 0)

  const findContradiction = (): string | null => {
    // A repeated row on a page is either a duplicate record or an effect of a change during the read. A second read
    // distinguishes them.
    const needsSecondRead = surplus.keys().some((identity) => !previousDuplicates.has(identity))
    for (const identity of surplus.keys()) previousDuplicates.add(identity)
    if (needsSecondRead || (surplus.size > 0 && !isEntireList())) return 'a row is on one page twice'
    const count = identitySet.size + countSurplus()
    const [minCount, maxCount] = [firstTotal, total].map((claimed) => Math.min(limit, Math.max(0, claimed - skip)))
    return count >= (minCount as number) && count <= (maxCount as number)
      ? null
      : `${total} rows claimed, ${count} found`
  }

  return {
    /** Returns the identities of the rows on the page. */
    add: (page: Page): readonly string[] => {
      const identities = identify(page.rows)
      if (firstTotal < 0) firstTotal = page.total
      note(identities)
      reason = findFault(page)
      total = page.total
      return identities
    },
    isInconsistent: () => reason !== null,
    finish: (): string | null => reason ?? findContradiction(),
    /** For a part that reaches the end of the list, the number of rows is known exactly. */
    total: () => (total > skip && total - skip <= limit ? skip + identitySet.size : total),
  }
}

/**
 * Identifies rows by a key. A page is a snapshot, so rows with the same key but different content are different rows,
 * and so are equal rows without a key.
 */
export const createRowIdentifier =
  <Row>(getKey: (row: Row) => string | null, getContent: (row: Row) => string) =>
  (rows: readonly Row[]): readonly string[] => {
    const keys = rows.map(getKey)
    if (!keys.includes(null) && new Set(keys).size === keys.length) return keys as string[]
    const firstByKey = new Map<string, string>()
    const countByContent = new Map<string, number>()
    return rows.map((row, index) => {
      const key = keys[index] ?? null
      const content = getContent(row)
      if (key === null) {
        const count = countByContent.get(content) ?? 0
        countByContent.set(content, count + 1)
        return `\0${count} ${content}`
      }
      const first = firstByKey.get(key) ?? content
      firstByKey.set(key, first)
      return content === first ? key : `${key}\0${content}`
    })
  }
