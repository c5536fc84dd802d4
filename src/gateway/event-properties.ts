import type { Static } from 'typebox'
import type { EventProperty, EventPropertyPatch, NewEventProperty } from '#schemas/event-property.ts'
import { eventPropertyFilterFields } from '#schemas/event-property-query.ts'
import { isProblem, Problem } from '#src/problems.ts'
import { conditionsIn } from '#src/query/conditions.ts'
import { sortFieldsIn } from '#src/query/order.ts'
import { type Page, type PageQuery, pagingOf } from '#src/query/page.ts'
import type { Upstreams } from '#src/upstreams/index.ts'
import { type Call, requireScope } from './call.ts'
import { filledFrom } from './fill.ts'
import { refuseTooManyPhotos } from './photos.ts'

type Writable = Static<typeof EventPropertyPatch>

export const createEventProperties = (upstreams: Upstreams) => {
  const propertyOf = async (sid: number, call: Call) => {
    requireScope(call.caller, 'properties:read')
    try {
      return await upstreams.spacio(call.caller.tenant).property(sid, { ...call, includeSource: false })
    } catch (error) {
      if (!isProblem(error) || error.code !== 'unknown-property') throw error
      const message = 'is not the sid of a property'
      throw new Problem('unprocessable', {
        detail: `fromSid ${message}.`,
        errors: [{ path: 'body/fromSid', message }],
        cause: error,
      })
    }
  }

  return {
    list: async (
      eventId: string,
      query: PageQuery & { sort?: string },
      call: Call,
    ): Promise<Page<Static<typeof EventProperty>>> => {
      const { limit, offset } = pagingOf(query)
      const conditions = conditionsIn(query as Record<string, unknown>, eventPropertyFilterFields)
      const find = { conditions, sort: sortFieldsIn(query.sort), limit, skip: offset }
      const { total, data } = await upstreams.liondesk(call.caller.tenant).find(eventId, find, call)
      return { data, pagination: { total, limit, offset } }
    },

    get: (eventId: string, id: string, call: Call) => upstreams.liondesk(call.caller.tenant).get(eventId, id, call),

    /** What the caller gives wins over what `fromSid` fills in, null included. */
    create: async (eventId: string, { fromSid, ...given }: Static<typeof NewEventProperty>, call: Call) => {
      refuseTooManyPhotos(given.photoUrls)
      const filled = fromSid === undefined ? {} : filledFrom(await propertyOf(fromSid, call))
      const liondesk = upstreams.liondesk(call.caller.tenant)
      return liondesk.create(eventId, { ...filled, ...given } as Partial<Static<typeof EventProperty>>, call)
    },

    /** A JSON merge patch; an empty one writes nothing. */
    patch: async (eventId: string, id: string, patch: Writable, call: Call) => {
      refuseTooManyPhotos(patch.photoUrls)
      const liondesk = upstreams.liondesk(call.caller.tenant)
      if (Object.keys(patch).length === 0) return liondesk.get(eventId, id, call)
      return liondesk.patch(eventId, id, patch as Partial<Static<typeof EventProperty>>, call)
    },

    remove: (eventId: string, id: string, call: Call) =>
      upstreams.liondesk(call.caller.tenant).remove(eventId, id, call),
  }
}
