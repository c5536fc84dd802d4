import { joinPages } from '#src/query/join-pages.ts'
import { type FetchPage, identifyRecords, type SpacioPage, toPage } from './collect-pages.ts'
import { type Answer, unusable } from './request.ts'

/** The vendor's page size; there is no parameter for it. */
const pageSize = 100

/** Reads rows straight from the upstream's pages: as few calls as the part of the list touches pages, and verified. */
export const readDirect = async (
  fetchPage: FetchPage,
  offset: number,
  limit: number,
): Promise<{ total: number; answer: Answer }> => {
  const from = Math.floor(offset / pageSize) + 1
  const to = Math.ceil((offset + limit) / pageSize)
  const skip = (from - 1) * pageSize
  const { rows, first, total } = await joinPages<unknown, SpacioPage>({
    skip,
    limit: to * pageSize - skip,
    identify: identifyRecords,
    readPages: () => readSomePages(fetchPage, from, to),
    inconsistent: (reason, { answer }) => unusable(answer.operation, { status: 200 }, reason),
  })
  const start = offset - skip
  return { total, answer: { ...first.answer, records: rows.slice(start, start + limit) } }
}

async function* readSomePages(fetchPage: FetchPage, from: number, to: number): AsyncGenerator<SpacioPage, void> {
  const opening = await fetchPage(from)
  // Nothing is known of a page past the end, so the first one tells how long the list is.
  const { info } = opening.info || from === 1 ? opening : await fetchPage(1)
  const total = info?.totalCount ?? 0
  if ((from - 1) * pageSize >= total) return yield { rows: [], total, fault: null, answer: opening }
  const last = Math.min(to, Math.ceil(total / pageSize))
  const rest = await Promise.all(
    Array.from({ length: Math.max(0, last - from) }, (_, index) => fetchPage(from + 1 + index)),
  )
  for (const [index, answer] of [opening, ...rest].entries()) yield toFullPage(answer, from + index)
}

const toFullPage = (answer: Answer, number: number): SpacioPage => {
  const page = toPage(answer)
  const expected = Math.min(pageSize, page.total - (number - 1) * pageSize)
  const short = page.rows.length === expected ? null : `page ${number} should have ${expected} rows`
  return { ...page, fault: page.fault ?? short }
}
