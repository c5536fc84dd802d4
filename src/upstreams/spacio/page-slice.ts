import { joinPages } from '#src/query/join-pages.ts'
import { type FetchPage, identifyRecords, type SpacioPage, toPage } from './collect-pages.ts'
import { createInvalidResponse, type SpacioResult } from './request.ts'

/** The vendor's page size, which has no parameter. */
const rowsPerPage = 100

/** Reads rows from as few upstream pages as possible and verifies them. */
export const readPageSlice = async (
  fetchPage: FetchPage,
  offset: number,
  limit: number,
): Promise<{ total: number; answer: SpacioResult }> => {
  const from = Math.floor(offset / rowsPerPage) + 1
  const to = Math.ceil((offset + limit) / rowsPerPage)
  const skip = (from - 1) * rowsPerPage
  const { rows, first, total } = await joinPages<unknown, SpacioPage>({
    skip,
    limit: to * rowsPerPage - skip,
    identify: identifyRecords,
    readPages: () => readPageRange(fetchPage, from, to),
    createInconsistency: (reason, { result }) => createInvalidResponse(result.operation, { status: 200 }, reason),
  })
  const start = offset - skip
  return { total, answer: { ...first.result, records: rows.slice(start, start + limit) } }
}

async function* readPageRange(fetchPage: FetchPage, from: number, to: number): AsyncGenerator<SpacioPage, void> {
  const firstResult = await fetchPage(from)
  // A page past the end has no counts, so the first page provides the total.
  const { info } = firstResult.info || from === 1 ? firstResult : await fetchPage(1)
  const total = info?.totalCount ?? 0
  if ((from - 1) * rowsPerPage >= total) return yield { rows: [], total, fault: null, result: firstResult }
  const last = Math.min(to, Math.ceil(total / rowsPerPage))
  const rest = await Promise.all(
    Array.from({ length: Math.max(0, last - from) }, (_, index) => fetchPage(from + 1 + index)),
  )
  for (const [index, result] of [firstResult, ...rest].entries()) yield toVerifiedPage(result, from + index)
}

const toVerifiedPage = (result: SpacioResult, number: number): SpacioPage => {
  const page = toPage(result)
  const expected = Math.min(rowsPerPage, page.total - (number - 1) * rowsPerPage)
  const shortfall = page.rows.length === expected ? null : `page ${number} should have ${expected} rows`
  return { ...page, fault: page.fault ?? shortfall }
}
