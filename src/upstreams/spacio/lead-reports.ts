import { mapIterable } from '#src/lib/map-iterable.ts'
import { hourMs } from '#src/lib/units.ts'
import { isProblem } from '#src/problems.ts'
import { collectPages, type FetchPage, type PageRules, removeDuplicates, streamPageResults } from './collect-pages.ts'
import type { DecodeLeads, LeadMapping, LeadRow, ReadContext } from './decode.ts'
import { getSpacioErrorCode, isTokenRejection } from './errors.ts'
import { createLeadCounter, type LeadCounter } from './lead-ids.ts'
import { brokerageLeadMapping, teamLeadMapping } from './mappings/lead.ts'
import { readPageSlice } from './page-slice.ts'
import { createInvalidResponse, type SpacioRequester, type SpacioResult } from './request.ts'
import type { StreamedRequester } from './streamed-request.ts'
import { createReportTranscoding, withTranscoding } from './transcoded-leads.ts'

/** UTC calendar days in Spacio's format. The vendor does not document whether the ends are inclusive. */
export interface UtcDays {
  readonly startDate: string
  readonly endDate: string
}

export interface ReportSource {
  readonly kind: 'brokerage' | 'team'
  readonly id: string
}

/** Called with the number of leads before they are fetched. May throw. */
export type CheckTotal = (totalCount: number) => void

export interface LeadReport {
  collect(read: ReadContext, admit: CheckTotal): Promise<LeadRow[]>
  /**
   * Yields each lead once, in batches and in upstream order. A problem may occur after the first batch. With a `concurrency`
   * of 1, no page is requested before the reader needs it.
   */
  stream(read: ReadContext, concurrency?: number): AsyncGenerator<LeadRow[], void>
  /**
   * Returns `limit` leads from `offset` on in upstream order, with as few calls as possible. Returns null if the report
   * is not paged.
   */
  slice(offset: number, limit: number, read: ReadContext): Promise<{ total: number; leads: LeadRow[] } | null>
}

const pageRules: PageRules = {
  concurrency: 3,
  // Twice the maximum list at the documented page size, because windows are read with an extra day on each side.
  maxPages: 200,
  createInconsistencyProblem: (operation, reason) => createInvalidResponse(operation, { status: 200 }, reason),
}

/** Enough for ten million leads. */
const createStreamRules = (concurrency = pageRules.concurrency): PageRules => ({
  ...pageRules,
  concurrency,
  maxPages: 100_000,
})

const teamRows = createReportTranscoding(teamLeadMapping)
const brokerageRows = createReportTranscoding(brokerageLeadMapping)

const v1FallbackMs = hourMs

export const createLeadReports = (
  sendRequest: SpacioRequester,
  sendStreamedRequest: StreamedRequester,
  decodeLeads: DecodeLeads,
  now: () => Date,
) => {
  let v1OnlyUntil = 0

  /** Uses v2 if the key has access to it. If v2 is rejected and v1 succeeds, it uses only v1 for an hour. */
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
      sendRequest('getRegistrantsByTeam', { tid, ...days, page }, withTranscoding(read, teamRows)),
    )
    const decode = createLeadDecoder(teamLeadMapping)
    return {
      collect: async (read, checkTotal) => decode(await collectPages(pages(read), { ...pageRules, checkTotal }), read),
      stream: (read, concurrency) =>
        decodeEach(streamPageResults(pages(read), createStreamRules(concurrency)), decode, read),
      slice: async (offset, limit, read) => decodeSlice(await readPageSlice(pages(read), offset, limit), decode, read),
    }
  }

  const createBrokerageReport = (bid: string, days: UtcDays): LeadReport => {
    const pages = createPageFetcher((page, read) =>
      sendRequest('getRegistrantsByBrokerageV2', { bid, ...days, page }, withTranscoding(read, brokerageRows)),
    )
    const fetchUnpaged = async (read: ReadContext) =>
      removeDuplicates(
        await sendRequest('getRegistrantsByBrokerage', { bid, ...days }, withTranscoding(read, brokerageRows)),
      )
    const decode = createLeadDecoder(brokerageLeadMapping)
    return {
      collect: async (read, checkTotal) => {
        const result = await withV2(
          () => collectPages(pages(read), { ...pageRules, checkTotal }),
          () => fetchUnpaged(read),
        )
        return decode(result, read)
      },
      stream: async function* (read, concurrency) {
        const results = await withV2<AsyncIterable<SpacioResult>>(
          () => startStream(streamPageResults(pages(read), createStreamRules(concurrency))),
          () => startStream(sendStreamedRequest('getRegistrantsByBrokerage', { bid, ...days }, read)),
        )
        yield* decodeEach(mapIterable(results, removeDuplicates), decode, read)
      },
      slice: (offset, limit, read) =>
        withV2(
          async () => decodeSlice(await readPageSlice(pages(read), offset, limit), decode, read),
          async () => null,
        ),
    }
  }

  const createLeadDecoder =
    (mapping: LeadMapping): LeadDecoder =>
    (result, read, countLeads) =>
      decodeLeads(result, mapping, read, null, countLeads)

  return ({ kind, id }: ReportSource, days: UtcDays): LeadReport =>
    kind === 'team' ? createTeamReport(id, days) : createBrokerageReport(id, days)
}

type LeadDecoder = (answer: SpacioResult, read: ReadContext, countLeads?: LeadCounter) => LeadRow[] | Promise<LeadRow[]>

const createPageFetcher =
  (requestPage: (page: string, read: ReadContext) => Promise<SpacioResult>) =>
  (read: ReadContext): FetchPage =>
  (page) =>
    requestPage(String(page), read)

/** Leads without an id upstream get different ids, also in different batches. */
async function* decodeEach(
  results: AsyncIterable<SpacioResult>,
  decode: LeadDecoder,
  read: ReadContext,
): AsyncGenerator<LeadRow[], void> {
  const countLeads = createLeadCounter()
  for await (const result of results) yield decode(result, read, countLeads)
}

const decodeSlice = async (
  slice: Awaited<ReturnType<typeof readPageSlice>>,
  decode: LeadDecoder,
  read: ReadContext,
) => ({
  total: slice.total,
  leads: await decode(slice.answer, read),
})

/** Fetches the first batch immediately, so that a rejection surfaces before the response starts. */
const startStream = async (results: AsyncGenerator<SpacioResult, void>): Promise<AsyncIterable<SpacioResult>> => {
  const first = await results.next()
  return (async function* () {
    try {
      if (!first.done) yield first.value
      yield* results
    } finally {
      // A consumer that stops after the first batch must also end the upstream read.
      await results.return()
    }
  })()
}

/** v2 has "limited availability"; Spacio may reject a key without access in any of these ways. */
const isVersionRejection = (error: unknown): boolean =>
  isTokenRejection(error) ||
  (isProblem(error) && error.fields.upstream?.status === 404 && getSpacioErrorCode(error) === null)
