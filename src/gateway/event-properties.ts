import type { Static } from 'typebox'
import type { EventProperty, EventPropertyPatch, NewEventProperty } from '#schemas/event-property.ts'
import { eventPropertyFilterFields } from '#schemas/event-property-query.ts'
import { rejectTooManyPhotos } from '#src/gateway/prefill.ts'
import { neverAborted } from '#src/lib/never-aborted.ts'
import { createUnprocessableProblem, isProblem } from '#src/problems.ts'
import { parseConditions } from '#src/query/conditions.ts'
import { parseSortFields } from '#src/query/order.ts'
import { getPaging, type PageQuery, type ResultPage } from '#src/query/page.ts'
import { type EventProperties, isSameRecord, type Upstreams } from '#src/upstreams/index.ts'
import type { Authorizer } from './authorizer.ts'
import { type CachedSpacio, copyFreshness } from './cache/cached-spacio.ts'
import type { Connections } from './connections/index.ts'
import { type ConnectionQuery, createGetLionDesk } from './get-liondesk.ts'
import { digestText, type Idempotency, parseIdempotencyKey } from './idempotency/index.ts'
import { prefillFromProperty } from './prefill.ts'
import { type RequestContext, requireScope } from './request-context.ts'

type PatchFields = Static<typeof EventPropertyPatch>

interface EventPropertyWrite extends ConnectionQuery {
  /** Receives the current upstream record. Throws if its state does not allow the write. */
  requireMatch?: ((current: object) => void) | undefined
}

type EventPropertyFields = Partial<Static<typeof EventProperty>>

interface EventPropertyOptions {
  upstreams: Upstreams
  connections: Connections
  authorizer: Authorizer
  cachedSpacio: CachedSpacio
  idempotency: Idempotency
}

export const createEventProperties = (options: EventPropertyOptions) => {
  const { upstreams, connections, authorizer, cachedSpacio, idempotency } = options
  const getLionDesk = createGetLionDesk(upstreams, connections)

  const getProperty = async (sid: number, call: RequestContext) => {
    requireScope(call.caller, 'properties:read')
    try {
      await authorizer.requireProperty(call.caller, sid, call.requestCache)
      return (await cachedSpacio.getProperty(call.caller.tenant, sid, call.requestCache, copyFreshness)).value
    } catch (error) {
      if (!isProblem(error) || error.code !== 'unknown-property') throw error
      throw createUnprocessableProblem('body/fromSid', 'fromSid', 'is not the sid of a property', { cause: error })
    }
  }

  /** The caller's values override those of `fromSid`, including null. */
  const prefill = async (
    { fromSid, ...overrides }: Static<typeof NewEventProperty>,
    call: RequestContext,
  ): Promise<EventPropertyFields> =>
    ({
      ...(fromSid === undefined ? {} : prefillFromProperty(await getProperty(fromSid, call))),
      ...overrides,
    }) as EventPropertyFields

  return {
    list: async (
      eventId: string,
      query: PageQuery & ConnectionQuery & { sort?: string },
      call: RequestContext,
    ): Promise<ResultPage<EventProperties>> => {
      const { limit, offset } = getPaging(query)
      const conditions = parseConditions(query as Record<string, unknown>, eventPropertyFilterFields)
      const find = { conditions, sort: parseSortFields(query.sort), limit, skip: offset }
      const { total, data } = await (await getLionDesk(call, query)).find(eventId, find, call)
      return { data, pagination: { total, limit, offset } }
    },

    get: async (eventId: string, id: string, query: ConnectionQuery, call: RequestContext) =>
      (await getLionDesk(call, query)).get(eventId, id, call),

    /** With an idempotency key, repeated requests create at most one record. */
    create: async (
      eventId: string,
      body: Static<typeof NewEventProperty>,
      query: ConnectionQuery & { idempotencyKey?: string },
      call: RequestContext,
    ) => {
      rejectEmptyBody(body)
      rejectTooManyPhotos(body.photoUrls)
      const { caller, includeSource } = call
      const { id: connection, account, tokens } = await connections.choose(caller, query.connection)
      const liondesk = upstreams.getLionDesk(caller.tenant, tokens)
      const { idempotencyKey: key } = query
      if (key === undefined) {
        return { result: await liondesk.create(eventId, await prefill(body, call), call), isReplayed: false }
      }
      // The write continues after a disconnect, because the client will repeat the request.
      const context = { ...call, signal: neverAborted }
      return idempotency.once({
        // Keys belong to a client and to an account; equal keys of two clients or accounts must not collide.
        path: [caller.tenant, caller.client, connection, digestText(account), 'event properties', eventId],
        key: parseIdempotencyKey(key),
        request: [body, includeSource],
        prepare: () => prefill(body, call),
        send: (payload) => liondesk.create(eventId, payload, context),
        find: (payload) => liondesk.findFirst(eventId, (record) => isSameRecord(payload, record), context),
      })
    },

    /** A JSON merge patch (RFC 7396). An empty patch writes nothing. */
    patch: async (eventId: string, id: string, patch: PatchFields, query: EventPropertyWrite, call: RequestContext) => {
      rejectTooManyPhotos(patch.photoUrls)
      const liondesk = await getLionDesk(call, query)
      const isEmpty = Object.keys(patch).length === 0
      const current = isEmpty || query.requireMatch ? await liondesk.get(eventId, id, call) : null
      if (current) query.requireMatch?.(current)
      if (current && isEmpty) return current
      return liondesk.patch(eventId, id, patch as Partial<Static<typeof EventProperty>>, call)
    },

    remove: async (eventId: string, id: string, query: EventPropertyWrite, call: RequestContext) => {
      const liondesk = await getLionDesk(call, query)
      query.requireMatch?.(await liondesk.get(eventId, id, call))
      return liondesk.remove(eventId, id, call)
    },
  }
}

/** LionDesk would create an empty record. */
const rejectEmptyBody = (body: Static<typeof NewEventProperty>): void => {
  const isEmptyValue = (value: unknown) => value === null || (Array.isArray(value) && value.length === 0)
  if (!Object.values(body).every(isEmptyValue)) return
  throw createUnprocessableProblem('body', 'The body', 'must hold at least one field that is not null, or fromSid')
}
