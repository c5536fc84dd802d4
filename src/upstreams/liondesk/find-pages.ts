import { wholeOf } from '#src/json/fragment.ts'
import { joinPages, type ListPage, type ListReading, streamPages } from '#src/query/join-pages.ts'
import { unusable } from './errors.ts'
import { type EventProperties, type EventPropertyRow, type Found, identify } from './event-rows.ts'
import type { FindQuery } from './feathers-query.ts'
import { findEverythingElse, isNegative } from './negative-filters.ts'
import type { Reply } from './request.ts'

/** How a call is made: until when, and whether the wire records are wanted with what they became. */
export interface CallContext {
  readonly signal: AbortSignal
  readonly includeSource: boolean
}

export interface EventPage extends ListPage<EventPropertyRow> {
  readonly answer: Reply
}

export interface Find {
  /** `limit` rows from `skip` on, in as many calls as the upstream's own maximum makes necessary, and verified. */
  find(eventId: string, query: FindQuery, call: CallContext): Promise<Found>
  /** The newest row of an event that is wanted. Null: there is surely none. */
  findFirst(
    eventId: string,
    isWanted: (value: EventProperties) => boolean,
    call: CallContext,
  ): Promise<EventProperties | null>
}

/** More than any page is likely to hold; a caller's limit is smaller. */
const maxPageRows = 200

/** Even with few rows a page, more than anybody attaches to one event. */
const maxPages = 200

/** New rows come first: they push others to later pages, and hide none. */
const newestFirst: FindQuery = {
  conditions: [],
  sort: [{ field: 'id', descending: true }],
  limit: Number.POSITIVE_INFINITY,
  skip: 0,
}

/** Lists of event properties, joined from pages that `findPage` reads. */
export const createFind = (
  findPage: (eventId: string, query: FindQuery, context: CallContext) => Promise<EventPage>,
): Find => {
  /** A limit above the upstream's maximum is capped without a word: the next page begins after what was returned. */
  async function* findPages(eventId: string, query: FindQuery, context: CallContext): AsyncGenerator<EventPage, void> {
    for (let read = 0, pages = 1; ; pages += 1) {
      const rest = { ...query, limit: Math.min(query.limit - read, maxPageRows), skip: query.skip + read }
      const page = await findPage(eventId, rest, context)
      yield page
      read += page.rows.length
      if (page.rows.length === 0 || read >= query.limit || query.skip + read >= page.total) return
      if (pages === maxPages) throw unusable(page.answer.request, page.answer.reply, `more than ${maxPages} pages`)
    }
  }

  const readingOf = (
    eventId: string,
    query: FindQuery,
    context: CallContext,
  ): ListReading<EventPropertyRow, EventPage> => ({
    ...query,
    identify,
    readPages: () => findPages(eventId, query, context),
    inconsistent: (reason, { answer: { request, reply } }) => unusable(request, reply, reason),
  })

  return {
    find: async (eventId, query, context) => {
      const read = (part: FindQuery) => joinPages(readingOf(eventId, part, context))
      if (query.conditions.some(isNegative)) return findEverythingElse(query, read)
      const { rows, total } = await read(query)
      return { total, data: rows }
    },
    findFirst: async (eventId, isWanted, context) => {
      for await (const { rows } of streamPages(readingOf(eventId, newestFirst, context))) {
        const found = rows.map(wholeOf<EventProperties>).find(isWanted)
        if (found) return found
      }
      return null
    },
  }
}
