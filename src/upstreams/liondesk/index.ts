import type { Static } from 'typebox'
import type { EventProperty } from '#schemas/event-property.ts'
import type { DriftSink } from '#src/mapping/codec.ts'
import { isRecord } from '#src/mapping/define.ts'
import { isProblem, type Problem } from '#src/problems.ts'
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

/** The access tokens of one LionDesk account. Throws `reauthorization-required` where it has to be connected anew. */
export interface TokenSource {
  current(): Promise<string>
  /** Another token than one that LionDesk refused. Null: there is no other. */
  renewed(refused: string): Promise<string | null>
  /** LionDesk refused the renewed one too: for a while another would help no more. */
  refusedAgain?(): void
}

export interface LionDeskOptions {
  account: { tenant: string; baseUrl: string }
  tokens: TokenSource
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

/** A call, and what its caller wants of the reply. */
interface Call<T> {
  operation: string
  method: UpstreamRequest['method']
  path: string
  signal: AbortSignal
  json?: unknown
  read(reply: Reply, isRepeat: boolean): T
}

export const createLionDesk = ({ account, tokens, send, drift, now }: LionDeskOptions): LionDesk => {
  const attempt = <T>(token: string, { operation, method, path, signal, json, read }: Call<T>): Promise<T> => {
    const writes = method !== 'GET'
    const request: UpstreamRequest<T> = {
      tenant: account.tenant,
      system: 'liondesk',
      operation,
      limits: writes ? limits.liondeskWrite : limits.liondeskRead,
      method,
      baseUrl: account.baseUrl,
      path,
      headers: {
        authorization: `Bearer ${token}`,
        ...(json !== undefined && { 'content-type': 'application/json' }),
      },
      ...(json !== undefined && { json }),
      writes,
      read: (reply, isRepeat) =>
        read({ request, reply, body: parse(reply.body), fetchedAt: now().toISOString() }, isRepeat),
    }
    return send(request, signal)
  }

  /** What a refused token came with was not done, a write included: with a new one it is sent once more, and no further. */
  const call = async <T>(what: Call<T>): Promise<T> => {
    const token = await tokens.current()
    try {
      return await attempt(token, what)
    } catch (error) {
      const other = isRefusal(error) ? await tokens.renewed(token) : null
      if (other === null) throw error
      return attempt(other, what).catch((second: unknown) => {
        if (isRefusal(second)) tokens.refusedAgain?.()
        throw second
      })
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

  const findPage = (eventId: string, query: FindQuery, { signal, includeSource }: CallContext): Promise<Found> =>
    call({
      operation: 'find',
      method: 'GET',
      path: `${collectionPath(eventId)}?${toQueryString(query)}`,
      signal,
      read: (reply) => {
        const { data, total } = pageIn(answered(reply), query.skip)
        return { total, data: data.map((record) => decode(reply, record, eventId, includeSource)) }
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
          if (problem) throw problem
          // A page of some proxy's with 200 says nothing of the record.
          if (reply.reply.body.length > 0 && !isRecord(reply.body))
            throw unusable(reply.request, reply.reply, 'no record')
        },
      }),
  }
}

const isRefusal = (error: unknown): boolean => isProblem(error) && error.code === 'upstream-credentials'

const problemOf = ({ request, reply, body }: Reply): Problem | null => problemIn(request, reply, body)

const answered = (reply: Reply): Reply => {
  const problem = problemOf(reply)
  if (problem) throw problem
  return reply
}

const pageIn = ({ request, reply, body }: Reply, skip: number): { total: number; data: unknown[] } => {
  if (!isRecord(body) || !Array.isArray(body.data) || !Number.isSafeInteger(body.total)) {
    throw unusable(request, reply, 'no page')
  }
  const { data, total } = body as { data: unknown[]; total: number }
  if (data.length === 0 && total > skip) throw unusable(request, reply, 'an empty page before the end')
  if (total < (data.length === 0 ? 0 : skip + data.length)) {
    throw unusable(request, reply, 'a total smaller than what is there')
  }
  return { total, data }
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
