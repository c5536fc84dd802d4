import type { Static } from 'typebox'
import type { EventProperty, EventPropertyPatch, NewEventProperty } from '#schemas/event-property.ts'
import { eventPropertyFilterFields } from '#schemas/event-property-query.ts'
import { refuseTooManyPhotos } from '#src/gateway/photo-limit.ts'
import { isProblem, Problem } from '#src/problems.ts'
import { conditionsIn } from '#src/query/conditions.ts'
import { sortFieldsIn } from '#src/query/order.ts'
import { type Page, type PageQuery, pagingOf } from '#src/query/page.ts'
import { type EventPropertyRow, isWhatWasSent, type Upstreams } from '#src/upstreams/index.ts'
import type { Authority } from './authorizer.ts'
import { type SpacioReads, sources } from './cache/cached-spacio.ts'
import type { Connections } from './connections/index.ts'
import { type Idempotency, idempotencyKeyOf } from './idempotency/index.ts'
import { filledFrom } from './prefill.ts'
import { type Call, requireScope } from './request-context.ts'

type Writable = Static<typeof EventPropertyPatch>

export interface EventPropertyQuery {
  connection?: string
}

export interface EventPropertyWrite extends EventPropertyQuery {
  /** Throws if the record may not be written. Receives the record as the upstream has it now. */
  requireMatch?: ((current: object) => void) | undefined
}

type Sent = Partial<Static<typeof EventProperty>>

export interface EventPropertyOptions {
  upstreams: Upstreams
  connections: Connections
  authority: Authority
  reads: SpacioReads
  idempotency: Idempotency
}

export const createEventProperties = ({
  upstreams,
  connections,
  authority,
  reads,
  idempotency,
}: EventPropertyOptions) => {
  const liondeskOf = async ({ caller }: Call, { connection }: EventPropertyQuery) =>
    upstreams.liondesk(caller.tenant, await connections.tokensOf(caller, connection))

  const propertyOf = async (sid: number, call: Call) => {
    requireScope(call.caller, 'properties:read')
    try {
      await authority.property(call.caller, sid, call.reading)
      return (await reads.property(call.caller.tenant, sid, call.reading, sources)).value
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

  /** What the caller gives wins over what `fromSid` fills in, null included. */
  const filledIn = async ({ fromSid, ...given }: Static<typeof NewEventProperty>, call: Call): Promise<Sent> =>
    ({ ...(fromSid === undefined ? {} : filledFrom(await propertyOf(fromSid, call))), ...given }) as Sent

  return {
    list: async (
      eventId: string,
      query: PageQuery & EventPropertyQuery & { sort?: string },
      call: Call,
    ): Promise<Page<EventPropertyRow>> => {
      const { limit, offset } = pagingOf(query)
      const conditions = conditionsIn(query as Record<string, unknown>, eventPropertyFilterFields)
      const find = { conditions, sort: sortFieldsIn(query.sort), limit, skip: offset }
      const { total, data } = await (await liondeskOf(call, query)).find(eventId, find, call)
      return { data, pagination: { total, limit, offset } }
    },

    get: async (eventId: string, id: string, query: EventPropertyQuery, call: Call) =>
      (await liondeskOf(call, query)).get(eventId, id, call),

    /** With an idempotency key: at most once, however often it is asked for. */
    create: async (
      eventId: string,
      body: Static<typeof NewEventProperty>,
      query: EventPropertyQuery & { idempotencyKey?: string },
      call: Call,
    ) => {
      refuseNothing(body)
      refuseTooManyPhotos(body.photoUrls)
      const { caller, includeSource } = call
      const { id: connection, tokens } = await connections.chosen(caller, query.connection)
      const liondesk = upstreams.liondesk(caller.tenant, tokens)
      const { idempotencyKey: key } = query
      if (key === undefined) {
        return { written: await liondesk.create(eventId, await filledIn(body, call), call), isReplayed: false }
      }
      // It goes on when the client has left: he will repeat it.
      const context = { ...call, signal: new AbortController().signal }
      return idempotency.once({
        // A key is its client's own: another's repeats must not meet it by chance.
        place: [caller.tenant, caller.client, connection, 'event properties', eventId],
        key: idempotencyKeyOf(key),
        request: [body, includeSource],
        prepare: () => filledIn(body, call),
        send: (sent) => liondesk.create(eventId, sent, context),
        find: (sent) => liondesk.findFirst(eventId, (record) => isWhatWasSent(sent, record), context),
      })
    },

    /** A JSON merge patch; an empty one writes nothing. */
    patch: async (eventId: string, id: string, patch: Writable, query: EventPropertyWrite, call: Call) => {
      refuseTooManyPhotos(patch.photoUrls)
      const liondesk = await liondeskOf(call, query)
      const isEmpty = Object.keys(patch).length === 0
      const current = isEmpty || query.requireMatch ? await liondesk.get(eventId, id, call) : null
      if (current) query.requireMatch?.(current)
      if (current && isEmpty) return current
      return liondesk.patch(eventId, id, patch as Partial<Static<typeof EventProperty>>, call)
    },

    remove: async (eventId: string, id: string, query: EventPropertyWrite, call: Call) => {
      const liondesk = await liondeskOf(call, query)
      query.requireMatch?.(await liondesk.get(eventId, id, call))
      return liondesk.remove(eventId, id, call)
    },
  }
}

/** A record of nothing but nulls would be of no use to anybody. */
const refuseNothing = (body: Static<typeof NewEventProperty>): void => {
  const isNothing = (value: unknown) => value === null || (Array.isArray(value) && value.length === 0)
  if (!Object.values(body).every(isNothing)) return
  const message = 'must hold at least one field that is not null, or fromSid'
  throw new Problem('unprocessable', { detail: `The body ${message}.`, errors: [{ path: 'body', message }] })
}
