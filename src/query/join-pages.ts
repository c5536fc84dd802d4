import type { Problem } from '#src/problems.ts'

/** One page of a list, and what it says of itself. */
export interface ListPage<Row> {
  readonly rows: readonly Row[]
  /** Rows in the whole list, as the page claims. */
  readonly total: number
  /** Why the page contradicts itself; null: it does not. */
  readonly fault: string | null
}

/** How a list, or a part of one, is read page by page. */
export interface PagedSource<Row, Page extends ListPage<Row>> {
  /** The pages in order, each requested once. A second attempt follows where the first one was disturbed. */
  readPages(attempt: 1 | 2): AsyncIterable<Page>
  /** What tells the rows of one page apart: equal texts are one row, on this page or on two. */
  identify(rows: readonly Row[]): readonly string[]
  /** Rows before the part, and the most rows in it. Default: the whole list. */
  skip?: number
  limit?: number
  /** The problem of a list that contradicts itself twice; with the page at which it showed. */
  createInconsistency(reason: string, last: Page): Problem
}

export interface JoinedList<Row, Page> {
  readonly rows: Row[]
  readonly first: Page
  /** Rows in the whole list. */
  readonly total: number
}

const readAttempts = [1, 2] as const

/**
 * Joins the pages of a list that may change while it is read. The result holds every row that existed during the whole
 * reading; docs/paging.md has the argument. A disturbed list is read once more, and then is a problem: it is never shorter.
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
      if (check.isDisturbed()) break
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

/** The same, page by page, each row once, holding only what identifies the rows. A problem may come after rows. */
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
      if (check.isDisturbed()) break
    }
    const verdict = check.finish()
    if (verdict === null) return
    problem = source.createInconsistency(verdict, last as Page)
  }
  throw problem
}

/**
 * Totals that never fall, no more rows seen again than have arrived, and as many rows as the first page claimed: then no
 * row can have moved from a page that was not read yet to one that was.
 */
const createConsistencyCheck = <Row, Page extends ListPage<Row>>(
  { identify, skip = 0, limit = Number.POSITIVE_INFINITY }: PagedSource<Row, Page>,
  previousDuplicates: Set<string>,
) => {
  const identitySet = new Set<string>()
  /** Rows that one page holds several times, and how often beyond the first. */
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
    // A page that holds a row twice shows a doubled row, or was put together while rows moved: a second reading tells.
    const isDoubtful = surplus.keys().some((identity) => !previousDuplicates.has(identity))
    for (const identity of surplus.keys()) previousDuplicates.add(identity)
    if (isDoubtful || (surplus.size > 0 && !isEntireList())) return 'a row is on one page twice'
    const count = identitySet.size + countSurplus()
    const [minCount, maxCount] = [firstTotal, total].map((claimed) => Math.min(limit, Math.max(0, claimed - skip)))
    return count >= (minCount as number) && count <= (maxCount as number)
      ? null
      : `${total} rows claimed, ${count} found`
  }

  return {
    /** What identifies the rows of the page. */
    add: (page: Page): readonly string[] => {
      const identities = identify(page.rows)
      if (firstTotal < 0) firstTotal = page.total
      note(identities)
      reason = findFault(page)
      total = page.total
      return identities
    },
    isDisturbed: () => reason !== null,
    finish: (): string | null => reason ?? findContradiction(),
    /** A part that reaches the end of the list knows how long it is. */
    total: () => (total > skip && total - skip <= limit ? skip + identitySet.size : total),
  }
}

/**
 * Identifies rows by a key. On one page, which is one moment of the list, rows with one key and different contents are
 * different rows; so are equal rows without a key.
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
