import { isProblem } from '#src/problems.ts'
import { collectPages, type FetchPage, type PageRules, readPageByPage, withoutDoubles } from './collect-pages.ts'
import type { DecodeLeads, LeadMapping, LeadRow, ReadContext } from './decode.ts'
import { codeOfProblem, isTokenRefusal } from './errors.ts'
import { brokerageLeadMapping, teamLeadMapping } from './mappings/lead.ts'
import { readDirect } from './page-slice.ts'
import { type Answer, type Ask, unusable } from './request.ts'
import type { AskInParts } from './streamed-request.ts'
import { readReportRows, withRows } from './transcoded-leads.ts'

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
export type Admit = (totalCount: number) => void

export interface LeadReport {
  collect(read: ReadContext, admit: Admit): Promise<LeadRow[]>
  /** Each lead once, in the upstream's order, some at a time. A problem may come after leads were given. */
  stream(read: ReadContext): AsyncGenerator<LeadRow[], void>
  /** `limit` leads from `offset` on, in the upstream's order, in as few calls as possible; null: it has no pages. */
  slice(offset: number, limit: number, read: ReadContext): Promise<{ total: number; leads: LeadRow[] } | null>
}

const rules: PageRules = {
  concurrency: 3,
  // At the documented 100 rows a page twice what a list may carry: a window is read with a day more on each side.
  maxPages: 200,
  inconsistent: (operation, reason) => unusable(operation, { status: 200 }, reason),
}

/** As many as ten million leads have. */
const streamRules: PageRules = { ...rules, maxPages: 100_000 }

const teamRows = readReportRows(teamLeadMapping)
const brokerageRows = readReportRows(brokerageLeadMapping)

const withoutV2For = 60 * 60_000

export const createLeadReports = (ask: Ask, askInParts: AskInParts, decodeLeads: DecodeLeads, now: () => Date) => {
  let v2RefusedUntil = 0

  /** v2 where the key has it; where it is refused and v1 answers, v1 alone for an hour. */
  const withV2 = async <T>(askV2: () => Promise<T>, askV1: () => Promise<T>): Promise<T> => {
    if (now().getTime() < v2RefusedUntil) return askV1()
    try {
      return await askV2()
    } catch (error) {
      if (!isVersionRefusal(error)) throw error
    }
    const answer = await askV1()
    v2RefusedUntil = now().getTime() + withoutV2For
    return answer
  }

  const teamReport = (tid: string, days: UtcDays): LeadReport => {
    const pages = pagesOf((page, read) => ask('getRegistrantsByTeam', { tid, ...days, page }, withRows(read, teamRows)))
    const decode = decoding(teamLeadMapping)
    return {
      collect: async (read, admit) => decode(await collectPages(pages(read), { ...rules, admit }), read),
      stream: (read) => decodeEach(readPageByPage(pages(read), streamRules), decode, read),
      slice: async (offset, limit, read) => decodeSlice(await readDirect(pages(read), offset, limit), decode, read),
    }
  }

  const brokerageReport = (bid: string, days: UtcDays): LeadReport => {
    const pages = pagesOf((page, read) =>
      ask('getRegistrantsByBrokerageV2', { bid, ...days, page }, withRows(read, brokerageRows)),
    )
    const whole = async (read: ReadContext) =>
      withoutDoubles(await ask('getRegistrantsByBrokerage', { bid, ...days }, withRows(read, brokerageRows)))
    const decode = decoding(brokerageLeadMapping)
    return {
      collect: async (read, admit) => {
        const answer = await withV2(
          () => collectPages(pages(read), { ...rules, admit }),
          () => whole(read),
        )
        return decode(answer, read)
      },
      stream: async function* (read) {
        const answers = await withV2<AsyncIterable<Answer>>(
          () => started(readPageByPage(pages(read), streamRules)),
          () => started(askInParts('getRegistrantsByBrokerage', { bid, ...days }, read)),
        )
        for await (const answer of answers) yield decode(withoutDoubles(answer), read)
      },
      slice: (offset, limit, read) =>
        withV2(
          async () => decodeSlice(await readDirect(pages(read), offset, limit), decode, read),
          async () => null,
        ),
    }
  }

  const decoding = (mapping: LeadMapping) => (answer: Answer, read: ReadContext) =>
    decodeLeads(answer, mapping, read, null)

  return ({ kind, id }: ReportSource, days: UtcDays): LeadReport =>
    kind === 'team' ? teamReport(id, days) : brokerageReport(id, days)
}

type Decode = (answer: Answer, read: ReadContext) => LeadRow[] | Promise<LeadRow[]>

const pagesOf =
  (askPage: (page: string, read: ReadContext) => Promise<Answer>) =>
  (read: ReadContext): FetchPage =>
  (page) =>
    askPage(String(page), read)

async function* decodeEach(
  answers: AsyncIterable<Answer>,
  decode: Decode,
  read: ReadContext,
): AsyncGenerator<LeadRow[], void> {
  for await (const answer of answers) yield decode(answer, read)
}

const decodeSlice = async (slice: Awaited<ReturnType<typeof readDirect>>, decode: Decode, read: ReadContext) => ({
  total: slice.total,
  leads: await decode(slice.answer, read),
})

/** Fetches the first part at once, so that a refusal shows before anything is given. */
const started = async (answers: AsyncGenerator<Answer, void>): Promise<AsyncIterable<Answer>> => {
  const first = await answers.next()
  return (async function* () {
    try {
      if (!first.done) yield first.value
      yield* answers
    } finally {
      // Whoever leaves after the first part leaves the others, too.
      await answers.return()
    }
  })()
}

/** v2 is of "limited availability": a key without it may be refused in any of these ways. */
const isVersionRefusal = (error: unknown): boolean =>
  isTokenRefusal(error) || (isProblem(error) && error.fields.upstream?.status === 404 && codeOfProblem(error) === null)
