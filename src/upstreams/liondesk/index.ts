import type { DriftSink } from '#src/mapping/codec.ts'
import { decodeWithMemo } from '#src/mapping/decode-memo.ts'
import { isRecord } from '#src/mapping/mapping.ts'
import { createInvalidResponse, withUnknownOutcome } from './errors.ts'
import type { EventProperties } from './event-rows.ts'
import { type FindQuery, toQueryString } from './feathers-query.ts'
import {
  createEventPropertyFinder,
  type EventPage,
  type EventPropertyFinder,
  type LionDeskCallContext,
} from './find-pages.ts'
import { eventPropertyMapping } from './mapping.ts'
import {
  createLionDeskCaller,
  findReplyProblem,
  type LionDeskCallOptions,
  type LionDeskReply,
  requireSuccess,
} from './request.ts'

export type { EventProperties } from './event-rows.ts'
export type { TokenSource } from './request.ts'

export interface LionDesk extends EventPropertyFinder {
  get(eventId: string, id: string, call: LionDeskCallContext): Promise<EventProperties>
  create(eventId: string, value: Partial<EventProperties>, call: LionDeskCallContext): Promise<EventProperties>
  patch(
    eventId: string,
    id: string,
    value: Partial<EventProperties>,
    call: LionDeskCallContext,
  ): Promise<EventProperties>
  remove(eventId: string, id: string, call: LionDeskCallContext): Promise<void>
}

export interface LionDeskOptions extends LionDeskCallOptions {
  drift: DriftSink
}

export const createLionDesk = ({ drift, ...options }: LionDeskOptions): LionDesk => {
  const sendCall = createLionDeskCaller(options)

  /** `record` is the reply. `sentFields` completes the reply to a create. */
  const decode = (
    { request, reply, fetchedAt }: LionDeskReply,
    record: unknown,
    eventId: string,
    includeSource: boolean,
    sentFields?: Record<string, unknown>,
  ) => {
    if (!sentFields && !hasKnownField(record)) throw createInvalidResponse(request, reply, 'no record')
    const value = decodeWithMemo(eventPropertyMapping, sentFields ? addSentFields(record, sentFields) : record, drift, {
      eventId,
    })
    if (value === null) throw createInvalidResponse(request, reply, 'no record')
    if (!includeSource) return value
    return { ...value, source: { system: 'liondesk' as const, operation: request.operation, fetchedAt, record } }
  }

  const findPage = (
    eventId: string,
    query: FindQuery,
    { signal, includeSource }: LionDeskCallContext,
  ): Promise<EventPage> =>
    sendCall({
      operation: 'find',
      method: 'GET',
      path: `${getCollectionPath(eventId)}?${toQueryString(query)}`,
      signal,
      read: (reply) => {
        const { data, total } = readPage(requireSuccess(reply))
        const toRow = (record: unknown) => decode(reply, record, eventId, includeSource)
        const fault = findPageFault(total, query.skip, data.length)
        return { total, fault, rows: data.slice(0, query.limit).map(toRow), reply }
      },
    })

  const get: LionDesk['get'] = async (eventId, id, { signal, includeSource }) =>
    sendCall({
      operation: 'get',
      method: 'GET',
      path: getRecordPath(eventId, id),
      signal,
      read: (reply) => decode(reply, requireSuccess(reply).body, eventId, includeSource),
    })

  /** A write that succeeded but cannot be read back has an unknown outcome for the client. */
  const readBack = async (
    { request, reply }: LionDeskReply,
    eventId: string,
    id: string,
    context: LionDeskCallContext,
  ): Promise<EventProperties> => {
    try {
      return await get(eventId, id, context)
    } catch {
      throw createInvalidResponse(request, reply, 'written, but it could not be read back')
    }
  }

  return {
    ...createEventPropertyFinder(findPage),
    get,
    create: async (eventId, value, { signal, includeSource }) => {
      const sentFields = eventPropertyMapping.encode(value)
      return sendCall({
        operation: 'create',
        method: 'POST',
        path: getCollectionPath(eventId),
        signal,
        json: sentFields,
        read: (reply) => {
          const record = requireSuccess(reply).reply.body.length === 0 ? {} : reply.body
          return decode(reply, record, eventId, includeSource, sentFields)
        },
      })
    },
    patch: async (eventId, id, value, context) => {
      const patchResult = await sendCall({
        operation: 'patch',
        method: 'PATCH',
        path: getRecordPath(eventId, id),
        signal: context.signal,
        json: eventPropertyMapping.encode(value),
        // The reply to a patch is undocumented. An empty reply means success, so the record is read back.
        read: (reply) =>
          requireSuccess(reply).reply.body.length === 0
            ? { reply }
            : { record: decode(reply, reply.body, eventId, context.includeSource) },
      })
      return patchResult.record ?? readBack(patchResult.reply, eventId, id, context)
    },
    remove: async (eventId, id, { signal }) =>
      sendCall({
        operation: 'remove',
        method: 'DELETE',
        path: getRecordPath(eventId, id),
        signal,
        read: (reply, isRetry) => {
          const problem = findReplyProblem(reply)
          // The first attempt succeeded, although its reply was lost.
          if (isRetry && problem?.code === 'not-found') return
          if (problem) throw isRetry ? withUnknownOutcome(problem) : problem
          // A 200 with another body, for example from a proxy, does not prove the deletion.
          if (reply.reply.body.length > 0 && !isRecord(reply.body))
            throw createInvalidResponse(reply.request, reply.reply, 'no record')
        },
      }),
  }
}

const readPage = ({ request, reply, body }: LionDeskReply): { total: number; data: unknown[] } => {
  if (!isRecord(body) || !Array.isArray(body.data) || !Number.isSafeInteger(body.total)) {
    throw createInvalidResponse(request, reply, 'no page')
  }
  return body as { data: unknown[]; total: number }
}

/** The upstream queries rows and total separately, and data may change in between. */
const findPageFault = (total: number, skip: number, rows: number): string | null => {
  if (rows === 0 && total > skip) return 'an empty page before the end'
  return total < (rows === 0 ? 0 : skip + rows) ? 'a total smaller than what is there' : null
}

/** Other objects, such as `{"message": …}`, would decode to a record of nulls. */
const hasKnownField = (record: unknown): boolean =>
  isRecord(record) && eventPropertyMapping.fields.some(({ from }) => from !== null && Object.hasOwn(record, from))

/** The reply to a create is undocumented. Missing fields have the values that were sent. */
const addSentFields = (record: unknown, sentFields: Record<string, unknown>): unknown =>
  isRecord(record) ? { ...sentFields, ...record } : record

const toPathSegment = (value: string): string => {
  // Feathers applies a PATCH or DELETE without an id to all records, so an empty id must be impossible.
  if (!/^[A-Za-z0-9_-]{1,64}$/.test(value)) throw new TypeError('an id of LionDesk is 1 to 64 letters, digits, - and _')
  return value
}

const getCollectionPath = (eventId: string): string => `/events/${toPathSegment(eventId)}/properties`

const getRecordPath = (eventId: string, id: string): string => `${getCollectionPath(eventId)}/${toPathSegment(id)}`
