import { parseFragment } from '#src/json/fragment.ts'
import { joinPages, type ListPage, type PagedSource, streamPages } from '#src/query/join-pages.ts'
import { createInvalidResponse } from './errors.ts'
import { type EventProperties, type EventPropertyRow, type FindResult, identifyRows } from './event-rows.ts'
import type { FindQuery } from './feathers-query.ts'
import { findWithNegations, isNegative } from './negative-filters.ts'
import type { LionDeskReply } from './request.ts'

/** How a call is made: until when, and whether the wire records are wanted with what they became. */
export interface LionDeskCallContext {
  readonly signal: AbortSignal
  readonly includeSource: boolean
}

export interface EventPage extends ListPage<EventPropertyRow> {
  readonly reply: LionDeskReply
}

export interface EventPropertyFinder {
  /** `limit` rows from `skip` on, in as many calls as the upstream's own maximum makes necessary, and verified. */
  find(eventId: string, query: FindQuery, call: LionDeskCallContext): Promise<FindResult>
  /** The newest row of an event that is wanted. Null: there is surely none. */
  findFirst(
    eventId: string,
    isWanted: (value: EventProperties) => boolean,
    call: LionDeskCallContext,
  ): Promise<EventProperties | null>
}

/** More than any page is likely to hold; a caller's limit is smaller. */
const maxPageRows = 200

/** Even with few rows a page, more than anybody attaches to one event. */
const maxPages = 200

/** New rows come first: they push others to later pages, and hide none. */
const newestFirstQuery: FindQuery = {
  conditions: [],
  sort: [{ field: 'id', descending: true }],
  limit: Number.POSITIVE_INFINITY,
  skip: 0,
}

/** Lists of event properties, joined from pages that `findPage` reads. */
export const createEventPropertyFinder = (
  findPage: (eventId: string, query: FindQuery, context: LionDeskCallContext) => Promise<EventPage>,
): EventPropertyFinder => {
  /** A limit above the upstream's maximum is capped without a word: the next page begins after what was returned. */
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
  ): PagedSource<EventPropertyRow, EventPage> => ({
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
        const found = rows.map(parseFragment<EventProperties>).find(isWanted)
        if (found) return found
      }
      return null
    },
  }
}
