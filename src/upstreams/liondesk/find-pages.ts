import { joinPages, type ListPage, type PagedSource, streamPages } from '#src/query/join-pages.ts'
import { createInvalidResponse } from './errors.ts'
import { type EventProperties, type FindResult, identifyRows } from './event-rows.ts'
import type { FindQuery } from './feathers-query.ts'
import { findWithNegations, isNegative } from './negative-filters.ts'
import type { LionDeskReply } from './request.ts'

/** The abort signal, and whether results include wire records. */
export interface LionDeskCallContext {
  readonly signal: AbortSignal
  readonly includeSource: boolean
}

export interface EventPage extends ListPage<EventProperties> {
  readonly reply: LionDeskReply
}

export interface EventPropertyFinder {
  /**
   * Returns `limit` rows from `skip` on. It makes as many calls as the upstream's page size requires, and verifies the
   * pages.
   */
  find(eventId: string, query: FindQuery, call: LionDeskCallContext): Promise<FindResult>
  /** Returns the newest matching row of an event, or null if there is definitely none. */
  findFirst(
    eventId: string,
    isWanted: (value: EventProperties) => boolean,
    call: LionDeskCallContext,
  ): Promise<EventProperties | null>
}

/** The size of requested pages; the limit of a caller is smaller. */
const maxPageRows = 200

/** Bounds the number of calls. Events have fewer rows, even at a small page size. */
const maxPages = 200

/** New rows come first, so a row that is added meanwhile shifts others to later pages but hides none. */
const newestFirstQuery: FindQuery = {
  conditions: [],
  sort: [{ field: 'id', descending: true }],
  limit: Number.POSITIVE_INFINITY,
  skip: 0,
}

/** Creates the list operations, which join the pages that `findPage` reads. */
export const createEventPropertyFinder = (
  findPage: (eventId: string, query: FindQuery, context: LionDeskCallContext) => Promise<EventPage>,
): EventPropertyFinder => {
  /** The upstream silently caps large limits, so the next page starts after the returned rows. */
  async function* findPages(
    eventId: string,
    query: FindQuery,
    context: LionDeskCallContext,
  ): AsyncGenerator<EventPage, void> {
    for (let rowsRead = 0, pages = 1; ; pages += 1) {
      const remainingQuery = {
        ...query,
        limit: Math.min(query.limit - rowsRead, maxPageRows),
        skip: query.skip + rowsRead,
      }
      const page = await findPage(eventId, remainingQuery, context)
      yield page
      rowsRead += page.rows.length
      if (page.rows.length === 0 || rowsRead >= query.limit || query.skip + rowsRead >= page.total) return
      if (pages === maxPages)
        throw createInvalidResponse(page.reply.request, page.reply.reply, `more than ${maxPages} pages`)
    }
  }

  const createListReading = (
    eventId: string,
    query: FindQuery,
    context: LionDeskCallContext,
  ): PagedSource<EventProperties, EventPage> => ({
    ...query,
    identify: identifyRows,
    readPages: () => findPages(eventId, query, context),
    createInconsistency: (reason, { reply: { request, reply } }) => createInvalidResponse(request, reply, reason),
  })

  return {
    find: async (eventId, query, context) => {
      const readPart = (part: FindQuery) => joinPages(createListReading(eventId, part, context))
      if (query.conditions.some(isNegative)) return findWithNegations(query, readPart)
      const { rows, total } = await readPart(query)
      return { total, data: rows }
    },
    findFirst: async (eventId, isWanted, context) => {
      for await (const { rows } of streamPages(createListReading(eventId, newestFirstQuery, context))) {
        const found = rows.find(isWanted)
        if (found) return found
      }
      return null
    },
  }
}
