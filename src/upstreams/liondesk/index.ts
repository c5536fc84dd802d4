import { isWritten } from '#src/json/fragment.ts'
import type { DriftSink } from '#src/mapping/codec.ts'
import { decodeKept } from '#src/mapping/decode-memo.ts'
import { isRecord } from '#src/mapping/mapping.ts'
import { rewritePage } from '#src/mapping/transcode-list.ts'
import { runToEnd } from '../transport/slices.ts'
import { ofUnknownOutcome, unusable } from './errors.ts'
import type { EventProperties } from './event-rows.ts'
import { type FindQuery, toQueryString } from './feathers-query.ts'
import { type CallContext, createFind, type EventPage, type Find } from './find-pages.ts'
import { eventPropertyMapping } from './mapping.ts'
import { answered, type CallOptions, createCall, problemOf, type Reply } from './request.ts'

export type { EventPropertyRow } from './event-rows.ts'
export type { TokenSource } from './request.ts'

export interface LionDesk extends Find {
  get(eventId: string, id: string, call: CallContext): Promise<EventProperties>
  create(eventId: string, value: Partial<EventProperties>, call: CallContext): Promise<EventProperties>
  patch(eventId: string, id: string, value: Partial<EventProperties>, call: CallContext): Promise<EventProperties>
  remove(eventId: string, id: string, call: CallContext): Promise<void>
}

export interface LionDeskOptions extends CallOptions {
  drift: DriftSink
}

export const createLionDesk = ({ drift, ...options }: LionDeskOptions): LionDesk => {
  const call = createCall(options)

  /** `record` is what was answered; `sent` stands in for what a create's answer leaves out. */
  const decode = (
    { request, reply, fetchedAt }: Reply,
    record: unknown,
    eventId: string,
    includeSource: boolean,
    sent?: Record<string, unknown>,
  ) => {
    if (!sent && !hasKnownField(record)) throw unusable(request, reply, 'no record')
    const value = decodeKept(eventPropertyMapping, sent ? completed(record, sent) : record, drift, { eventId })
    if (value === null) throw unusable(request, reply, 'no record')
    if (!includeSource) return value
    return { ...value, source: { system: 'liondesk' as const, operation: request.operation, fetchedAt, record } }
  }

  const findPage = (eventId: string, query: FindQuery, { signal, includeSource }: CallContext): Promise<EventPage> =>
    call({
      operation: 'find',
      method: 'GET',
      path: `${collectionPath(eventId)}?${toQueryString(query)}`,
      signal,
      ...(!includeSource && { readRows: rowsOf(eventId) }),
      read: (reply) => {
        const { data, total } = pageIn(answered(reply))
        const rowOf = (record: unknown) => (isWritten(record) ? record : decode(reply, record, eventId, includeSource))
        const fault = faultOf(total, query.skip, data.length)
        return { total, fault, rows: data.slice(0, query.limit).map(rowOf), answer: reply }
      },
    })

  const get: LionDesk['get'] = async (eventId, id, { signal, includeSource }) =>
    call({
      operation: 'get',
      method: 'GET',
      path: recordPath(eventId, id),
      signal,
      read: (reply) => decode(reply, answered(reply).body, eventId, includeSource),
    })

  /** A write that was done, but whose result cannot be shown, is told as one of unknown outcome. */
  const readBack = async (
    { request, reply }: Reply,
    eventId: string,
    id: string,
    context: CallContext,
  ): Promise<EventProperties> => {
    try {
      return await get(eventId, id, context)
    } catch {
      throw unusable(request, reply, 'written, but it could not be read back')
    }
  }

  return {
    ...createFind(findPage),
    get,
    create: async (eventId, value, { signal, includeSource }) => {
      const sent = eventPropertyMapping.encode(value)
      return call({
        operation: 'create',
        method: 'POST',
        path: collectionPath(eventId),
        signal,
        json: sent,
        read: (reply) => {
          const record = answered(reply).reply.body.length === 0 ? {} : reply.body
          return decode(reply, record, eventId, includeSource, sent)
        },
      })
    },
    patch: async (eventId, id, value, context) => {
      const patched = await call({
        operation: 'patch',
        method: 'PATCH',
        path: recordPath(eventId, id),
        signal: context.signal,
        json: eventPropertyMapping.encode(value),
        // What a patch answers is not documented: an empty answer says that it was done, and the record is read back.
        read: (reply) =>
          answered(reply).reply.body.length === 0
            ? { reply }
            : { record: decode(reply, reply.body, eventId, context.includeSource) },
      })
      return patched.record ?? readBack(patched.reply, eventId, id, context)
    },
    remove: async (eventId, id, { signal }) =>
      call({
        operation: 'remove',
        method: 'DELETE',
        path: recordPath(eventId, id),
        signal,
        read: (reply, isRepeat) => {
          const problem = problemOf(reply)
          // The first attempt did it, though its answer was lost.
          if (isRepeat && problem?.code === 'not-found') return
          if (problem) throw isRepeat ? ofUnknownOutcome(problem) : problem
          // A page of some proxy's with 200 says nothing of the record.
          if (reply.reply.body.length > 0 && !isRecord(reply.body))
            throw unusable(reply.request, reply.reply, 'no record')
        },
      }),
  }
}

/** Many more than are asked for at a time. */
const maxRows = 1_000

const pageMembers = ['total', 'limit', 'skip']

const rowsOf = (eventId: string) => {
  const given = (field: string) => (field === 'eventId' ? JSON.stringify(eventId) : null)
  const rewriting = { rewriter: eventPropertyMapping.rewriter, given, mayBeKeyed: false, mayHoldRecords: true, maxRows }
  return (body: Buffer) => runToEnd(rewritePage(body, pageMembers, rewriting))
}

const pageIn = ({ request, reply, body }: Reply): { total: number; data: unknown[] } => {
  if (!isRecord(body) || !Array.isArray(body.data) || !Number.isSafeInteger(body.total)) {
    throw unusable(request, reply, 'no page')
  }
  return body as { data: unknown[]; total: number }
}

/** Rows and total are two questions to a database, between which it may change. */
const faultOf = (total: number, skip: number, rows: number): string | null => {
  if (rows === 0 && total > skip) return 'an empty page before the end'
  return total < (rows === 0 ? 0 : skip + rows) ? 'a total smaller than what is there' : null
}

/** Whatever else is an object, such as `{"message": …}`, would make a record of nothing but nulls. */
const hasKnownField = (record: unknown): boolean =>
  isRecord(record) && eventPropertyMapping.fields.some(({ from }) => from !== null && Object.hasOwn(record, from))

/** What a create answers is not documented: what it leaves out is what was sent. */
const completed = (record: unknown, sent: Record<string, unknown>): unknown =>
  isRecord(record) ? { ...sent, ...record } : record

const segment = (value: string): string => {
  // Feathers takes a PATCH or DELETE without an id as one of all records: an empty id must be impossible.
  if (!/^[A-Za-z0-9_-]{1,64}$/.test(value)) throw new TypeError('an id of LionDesk is 1 to 64 letters, digits, - and _')
  return value
}

const collectionPath = (eventId: string): string => `/events/${segment(eventId)}/properties`

const recordPath = (eventId: string, id: string): string => `${collectionPath(eventId)}/${segment(id)}`
