import { isProblem } from '#src/problems.ts'
import { collectPages, type FetchPage, type PageRules, removeDuplicates, streamPageResults } from './collect-pages.ts'
import type { DecodeLeads, LeadMapping, LeadRow, ReadContext } from './decode.ts'
import { getSpacioErrorCode, isTokenRejection } from './errors.ts'
import { brokerageLeadMapping, teamLeadMapping } from './mappings/lead.ts'
import { readPageSlice } from './page-slice.ts'
import { createInvalidResponse, type SpacioRequester, type SpacioResult } from './request.ts'
import type { StreamedRequester } from './streamed-request.ts'
import { createReportRowReader, withRows } from './transcoded-leads.ts'

/** UTC calendar days, as Spacio takes them; whether it includes its ends is not known. */
export interface UtcDays {
  readonly startDate: string
  readonly endDate: string
}

export interface ReportSource {
  readonly kind: 'brokerage' | 'team'
  readonly id: string
}

/** Told how many leads there are before they are fetched; may throw. */
export type CheckTotal = (totalCount: number) => void

export interface LeadReport {
  collect(read: ReadContext, admit: CheckTotal): Promise<LeadRow[]>
  /** Each lead once, in the upstream's order, some at a time. A problem may come after leads were given. */
  stream(read: ReadContext): AsyncGenerator<LeadRow[], void>
  /** `limit` leads from `offset` on, in the upstream's order, in as few calls as possible; null: it has no pages. */
  slice(offset: number, limit: number, read: ReadContext): Promise<{ total: number; leads: LeadRow[] } | null>
}

const pageRules: PageRules = {
  concurrency: 3,
  // At the documented 100 rows a page twice what a list may carry: a window is read with a day more on each side.
  maxPages: 200,
  createInconsistencyProblem: (operation, reason) => createInvalidResponse(operation, { status: 200 }, reason),
}

/** As many as ten million leads have. */
const streamPageRules: PageRules = { ...pageRules, maxPages: 100_000 }

const teamRows = createReportRowReader(teamLeadMapping)
const brokerageRows = createReportRowReader(brokerageLeadMapping)

const v1FallbackMs = 60 * 60_000

export const createLeadReports = (
  sendRequest: SpacioRequester,
  sendStreamedRequest: StreamedRequester,
  decodeLeads: DecodeLeads,
  now: () => Date,
) => {
  let v1OnlyUntil = 0

  /** v2 where the key has it; where it is refused and v1 answers, v1 alone for an hour. */
  const withV2 = async <T>(requestV2: () => Promise<T>, requestV1: () => Promise<T>): Promise<T> => {
    if (now().getTime() < v1OnlyUntil) return requestV1()
    try {
      return await requestV2()
    } catch (error) {
      if (!isVersionRejection(error)) throw error
    }
    const result = await requestV1()
    v1OnlyUntil = now().getTime() + v1FallbackMs
    return result
  }

  const createTeamReport = (tid: string, days: UtcDays): LeadReport => {
    const pages = createPageFetcher((page, read) =>
      sendRequest('getRegistrantsByTeam', { tid, ...days, page }, withRows(read, teamRows)),
    )
    const decode = createLeadDecoder(teamLeadMapping)
    return {
      collect: async (read, checkTotal) => decode(await collectPages(pages(read), { ...pageRules, checkTotal }), read),
      stream: (read) => decodeEach(streamPageResults(pages(read), streamPageRules), decode, read),
      slice: async (offset, limit, read) => decodeSlice(await readPageSlice(pages(read), offset, limit), decode, read),
    }
  }

  const createBrokerageReport = (bid: string, days: UtcDays): LeadReport => {
    const pages = createPageFetcher((page, read) =>
      sendRequest('getRegistrantsByBrokerageV2', { bid, ...days, page }, withRows(read, brokerageRows)),
    )
    const fetchUnpaged = async (read: ReadContext) =>
      removeDuplicates(await sendRequest('getRegistrantsByBrokerage', { bid, ...days }, withRows(read, brokerageRows)))
    const decode = createLeadDecoder(brokerageLeadMapping)
    return {
      collect: async (read, checkTotal) => {
        const result = await withV2(
          () => collectPages(pages(read), { ...pageRules, checkTotal }),
          () => fetchUnpaged(read),
        )
        return decode(result, read)
      },
      stream: async function* (read) {
        const results = await withV2<AsyncIterable<SpacioResult>>(
          () => startStream(streamPageResults(pages(read), streamPageRules)),
          () => startStream(sendStreamedRequest('getRegistrantsByBrokerage', { bid, ...days }, read)),
        )
        for await (const result of results) yield decode(removeDuplicates(result), read)
      },
      slice: (offset, limit, read) =>
        withV2(
          async () => decodeSlice(await readPageSlice(pages(read), offset, limit), decode, read),
          async () => null,
        ),
    }
  }

  const createLeadDecoder = (mapping: LeadMapping) => (result: SpacioResult, read: ReadContext) =>
    decodeLeads(result, mapping, read, null)

  return ({ kind, id }: ReportSource, days: UtcDays): LeadReport =>
    kind === 'team' ? createTeamReport(id, days) : createBrokerageReport(id, days)
}

type LeadDecoder = (answer: SpacioResult, read: ReadContext) => LeadRow[] | Promise<LeadRow[]>

const createPageFetcher =
  (requestPage: (page: string, read: ReadContext) => Promise<SpacioResult>) =>
  (read: ReadContext): FetchPage =>
  (page) =>
    requestPage(String(page), read)

async function* decodeEach(
  results: AsyncIterable<SpacioResult>,
  decode: LeadDecoder,
  read: ReadContext,
): AsyncGenerator<LeadRow[], void> {
  for await (const result of results) yield decode(result, read)
}

const decodeSlice = async (
  slice: Awaited<ReturnType<typeof readPageSlice>>,
  decode: LeadDecoder,
  read: ReadContext,
) => ({
  total: slice.total,
  leads: await decode(slice.answer, read),
})

/** Fetches the first part at once, so that a refusal shows before anything is given. */
const startStream = async (results: AsyncGenerator<SpacioResult, void>): Promise<AsyncIterable<SpacioResult>> => {
  const first = await results.next()
  return (async function* () {
    try {
      if (!first.done) yield first.value
      yield* results
    } finally {
      // Whoever leaves after the first part leaves the others, too.
      await results.return()
    }
  })()
}

/** v2 is of "limited availability": a key without it may be refused in any of these ways. */
const isVersionRejection = (error: unknown): boolean =>
  isTokenRejection(error) ||
  (isProblem(error) && error.fields.upstream?.status === 404 && getSpacioErrorCode(error) === null)
