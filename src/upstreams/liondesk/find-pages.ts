import type { Condition } from '#src/query/conditions.ts'
import { joinPages, type ListPage, type PagedSource, streamPages } from '#src/query/join-pages.ts'
import { createInvalidResponse } from './errors.ts'
import type { FindQuery } from './feathers-query.ts'
import { findWithNegations, isNegative } from './negative-filters.ts'
import type { LionDeskReply } from './request.ts'
import { type FindResult, type Identified, identifyRows } from './rows.ts'

/** The abort signal, and whether results include wire records. */
export interface LionDeskCallContext {
  readonly signal: AbortSignal
  readonly includeSource: boolean
}

export interface RecordPage<Fields> extends ListPage<Fields> {
  readonly reply: LionDeskReply
}

export interface RecordFinder<Fields> {
  /**
   * Returns `limit` rows from `skip` on. It makes as many calls as the upstream's page size requires, and verifies the
   * pages.
   */
  find(query: FindQuery, call: LionDeskCallContext): Promise<FindResult<Fields>>
  /** Returns the rows that meet at least one condition, each once. It sends each condition in a call of its own. */
  getFindAny(
    conditions: readonly Condition[],
    page: Pick<FindQuery, 'limit' | 'skip'>,
    call: LionDeskCallContext,
  ): Promise<FindResult<Fields>>
  /** Returns the newest matching row, or null if there is definitely none. */
  findFirst(isWanted: (value: Fields) => boolean, call: LionDeskCallContext): Promise<Fields | null>
}

/** The size of requested pages; the limit of a caller is smaller. */
const maxPageRows = 200

/** Bounds the number of calls. Events and contacts have fewer rows, even at a small page size. */
const maxPages = 200

const whole = { limit: Number.POSITIVE_INFINITY, skip: 0 }

/** New rows come first, so a row that is added meanwhile shifts others to later pages but hides none. */
const newestFirstQuery: FindQuery = { conditions: [], sort: [{ field: 'id', descending: true }], ...whole }

/** Creates the list operations, which join the pages that `findPage` reads. */
export const createRecordFinder = <Fields extends Identified>(
  findPage: (query: FindQuery, context: LionDeskCallContext) => Promise<RecordPage<Fields>>,
): RecordFinder<Fields> => {
  /** The upstream silently caps large limits, so the next page starts after the returned rows. */
  async function* findPages(query: FindQuery, context: LionDeskCallContext): AsyncGenerator<RecordPage<Fields>, void> {
    for (let rowsRead = 0, pages = 1; ; pages += 1) {
      const remainingQuery = {
        ...query,
        limit: Math.min(query.limit - rowsRead, maxPageRows),
        skip: query.skip + rowsRead,
      }
      const page = await findPage(remainingQuery, context)
      yield page
      rowsRead += page.rows.length
      if (page.rows.length === 0 || rowsRead >= query.limit || query.skip + rowsRead >= page.total) return
      if (pages === maxPages)
        throw createInvalidResponse(page.reply.request, page.reply.reply, `more than ${maxPages} pages`)
    }
  }

  const createListReading = (
    query: FindQuery,
    context: LionDeskCallContext,
  ): PagedSource<Fields, RecordPage<Fields>> => ({
    ...query,
    identify: identifyRows,
    readPages: () => findPages(query, context),
    createInconsistency: (reason, { reply: { request, reply } }) => createInvalidResponse(request, reply, reason),
  })

  const find: RecordFinder<Fields>['find'] = async (query, context) => {
    const readPart = (part: FindQuery) => joinPages(createListReading(part, context))
    if (query.conditions.some(isNegative)) return findWithNegations(query, readPart)
    const { rows, total } = await readPart(query)
    return { total, data: rows }
  }

  return {
    find,
    getFindAny: async (conditions, page, context) => {
      const ask = (condition: Condition, part: typeof page) =>
        find({ conditions: [condition], sort: [], ...part }, context)
      if (conditions.length === 1) return ask(conditions[0] as Condition, page)
      const rows = new Map<string, Fields>()
      // One call at a time: the first one that fails ends the request.
      for (const condition of conditions) {
        const { data } = await ask(condition, whole)
        for (const [index, identity] of identifyRows(data).entries()) rows.set(identity, data[index] as Fields)
      }
      return { total: rows.size, data: [...rows.values()].slice(page.skip, page.skip + page.limit) }
    },
    findFirst: async (isWanted, context) => {
      for await (const { rows } of streamPages(createListReading(newestFirstQuery, context))) {
        const found = rows.find(isWanted)
        if (found) return found
      }
      return null
    },
  }
}
