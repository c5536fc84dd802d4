import type { Static } from 'typebox'
import type { EventProperty } from '#schemas/event-property.ts'
import type { DriftSink } from '#src/mapping/codec.ts'
import { isRecord } from '#src/mapping/define.ts'
import { limits } from '../transport/limits.ts'
import type { Send, UpstreamReply, UpstreamRequest } from '../transport/types.ts'
import { problemIn, unusable } from './faults.ts'
import { eventPropertyMapping } from './mapping.ts'
import { type FindQuery, toQueryString } from './query.ts'

type EventProperties = Static<typeof EventProperty>

/** How a call is made: until when, and whether the wire records are wanted with what they became. */
export interface CallContext {
  readonly signal: AbortSignal
  readonly includeSource: boolean
}

export interface Found {
  total: number
  data: EventProperties[]
}

export interface LionDesk {
  /** `limit` rows from `skip` on, in as many calls as the upstream's own maximum makes necessary. */
  find(eventId: string, query: FindQuery, call: CallContext): Promise<Found>
  get(eventId: string, id: string, call: CallContext): Promise<EventProperties>
  create(eventId: string, value: Partial<EventProperties>, call: CallContext): Promise<EventProperties>
  patch(eventId: string, id: string, value: Partial<EventProperties>, call: CallContext): Promise<EventProperties>
  remove(eventId: string, id: string, call: CallContext): Promise<void>
}

export interface LionDeskOptions {
  connection: { baseUrl: string; accessToken: string }
  send: Send
  drift: DriftSink
  now: () => Date
}

interface Reply {
  request: UpstreamRequest
  reply: UpstreamReply
  body: unknown
  fetchedAt: string
}

export const createLionDesk = ({ connection, send, drift, now }: LionDeskOptions): LionDesk => {
  const call = async (
    operation: string,
    method: UpstreamRequest['method'],
    path: string,
    signal: AbortSignal,
    json?: unknown,
  ): Promise<Reply> => {
    const writes = method !== 'GET'
    const request: UpstreamRequest = {
      system: 'liondesk',
      operation,
      limits: writes ? limits.liondeskWrite : limits.liondeskRead,
      method,
      baseUrl: connection.baseUrl,
      path,
      headers: {
        authorization: `Bearer ${connection.accessToken}`,
        ...(json !== undefined && { 'content-type': 'application/json' }),
      },
      ...(json !== undefined && { json }),
      writes,
    }
    const reply = await send(request, signal)
    const body = parse(reply.body)
    const problem = problemIn(request, reply, body)
    if (problem) throw problem
    return { request, reply, body, fetchedAt: now().toISOString() }
  }

  /** A write that was done, but whose result cannot be shown, is told as one of unknown outcome. */
  const readBack = async ({ request, reply }: Reply, path: string, signal: AbortSignal): Promise<Reply> => {
    try {
      return await call('get', 'GET', path, signal)
    } catch {
      throw unusable(request, reply, 'written, but it could not be read back')
    }
  }

  /** `record` is what was answered; `sent` stands in for what a create's answer leaves out. */
  const decode = (
    { request, reply, fetchedAt }: Reply,
    record: unknown,
    eventId: string,
    includeSource: boolean,
    sent?: Record<string, unknown>,
  ) => {
    if (!sent && !hasKnownField(record)) throw unusable(request, reply, 'no record')
    const value = eventPropertyMapping.decode(sent ? completed(record, sent) : record, drift, { eventId })
    if (value === null) throw unusable(request, reply, 'no record')
    if (!includeSource) return value
    return { ...value, source: { system: 'liondesk' as const, operation: request.operation, fetchedAt, record } }
  }

  const findPage = async (
    eventId: string,
    query: FindQuery,
    { signal, includeSource }: CallContext,
  ): Promise<Found> => {
    const reply = await call('find', 'GET', `${collectionPath(eventId)}?${toQueryString(query)}`, signal)
    const { body } = reply
    if (!isRecord(body) || !Array.isArray(body.data) || !Number.isSafeInteger(body.total)) {
      throw unusable(reply.request, reply.reply, 'no page')
    }
    if (body.data.length === 0 && (body.total as number) > query.skip) {
      throw unusable(reply.request, reply.reply, 'an empty page before the end')
    }
    if ((body.total as number) < (body.data.length === 0 ? 0 : query.skip + body.data.length)) {
      throw unusable(reply.request, reply.reply, 'a total smaller than what is there')
    }
    return {
      total: body.total as number,
      data: body.data.map((record) => decode(reply, record, eventId, includeSource)),
    }
  }

  return {
    find: async (eventId, query, context) => {
      const data: EventProperties[] = []
      // A limit above the upstream's maximum is capped without a word: go on from what was returned.
      for (;;) {
        const rest = { ...query, limit: query.limit - data.length, skip: query.skip + data.length }
        const page = await findPage(eventId, rest, context)
        data.push(...page.data)
        if (data.length >= query.limit || query.skip + data.length >= page.total) {
          return { total: page.total, data: data.slice(0, query.limit) }
        }
      }
    },
    get: async (eventId, id, { signal, includeSource }) => {
      const reply = await call('get', 'GET', recordPath(eventId, id), signal)
      return decode(reply, reply.body, eventId, includeSource)
    },
    create: async (eventId, value, { signal, includeSource }) => {
      const sent = eventPropertyMapping.encode(value)
      const reply = await call('create', 'POST', collectionPath(eventId), signal, sent)
      const record = reply.reply.body.length === 0 ? {} : reply.body
      return decode(reply, record, eventId, includeSource, sent)
    },
    patch: async (eventId, id, value, { signal, includeSource }) => {
      const patched = await call('patch', 'PATCH', recordPath(eventId, id), signal, eventPropertyMapping.encode(value))
      // What a patch answers is not documented: an empty answer says that it was done, and the record is read back.
      const reply = patched.reply.body.length > 0 ? patched : await readBack(patched, recordPath(eventId, id), signal)
      return decode(reply, reply.body, eventId, includeSource)
    },
    remove: async (eventId, id, { signal }) => {
      const { request, reply, body } = await call('remove', 'DELETE', recordPath(eventId, id), signal)
      // A page of some proxy's with 200 says nothing of the record.
      if (reply.body.length > 0 && !isRecord(body)) throw unusable(request, reply, 'no record')
    },
  }
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

const parse = (body: Buffer): unknown => {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body))
  } catch {
    return undefined
  }
}
