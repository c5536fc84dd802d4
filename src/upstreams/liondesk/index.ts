import type { DriftSink } from '#src/mapping/codec.ts'
import { isRecord } from '#src/mapping/mapping.ts'
import { createInvalidResponse, withUnknownOutcome } from './errors.ts'
import type { FindQuery } from './feathers-query.ts'
import type { LionDeskCallContext } from './find-pages.ts'
import { eventPropertyMapping } from './mapping.ts'
import { createRecordReader, type RecordReader } from './reader.ts'
import {
  createLionDeskCaller,
  findReplyProblem,
  type LionDeskCallOptions,
  type LionDeskReply,
  requireSuccess,
} from './request.ts'
import type { FindResult } from './rows.ts'
import {
  type ContactFields,
  contactService,
  type EventFields,
  type EventProperties,
  eventService,
  getEventPropertyPath,
  getEventPropertyService,
  toPathSegment,
} from './services.ts'

export type { TokenSource } from './request.ts'
export type { EventProperties } from './services.ts'

export interface LionDesk {
  readonly contacts: RecordReader<ContactFields>
  readonly events: RecordReader<EventFields>
  find(eventId: string, query: FindQuery, call: LionDeskCallContext): Promise<FindResult<EventProperties>>
  /** Returns the newest matching property of an event, or null if there is definitely none. */
  findFirst(
    eventId: string,
    isWanted: (value: EventProperties) => boolean,
    call: LionDeskCallContext,
  ): Promise<EventProperties | null>
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

interface LionDeskOptions extends LionDeskCallOptions {
  drift: DriftSink
}

export const createLionDesk = ({ drift, ...options }: LionDeskOptions): LionDesk => {
  const sendCall = createLionDeskCaller(options)
  const getReader = (eventId: string) => createRecordReader(sendCall, drift, getEventPropertyService(eventId))

  /** A write that succeeded but cannot be read back has an unknown outcome for the client. */
  const readBack = async (
    { request, reply }: LionDeskReply,
    eventId: string,
    id: string,
    context: LionDeskCallContext,
  ): Promise<EventProperties> => {
    try {
      return await getReader(eventId).get(id, context)
    } catch {
      throw createInvalidResponse(request, reply, 'written, but it could not be read back')
    }
  }

  return {
    contacts: createRecordReader(sendCall, drift, contactService),
    events: createRecordReader(sendCall, drift, eventService),
    find: async (eventId, query, context) => getReader(eventId).find(query, context),
    findFirst: async (eventId, isWanted, context) => getReader(eventId).findFirst(isWanted, context),
    get: async (eventId, id, context) => getReader(eventId).get(id, context),
    create: async (eventId, value, { signal, includeSource }) => {
      const sentFields = eventPropertyMapping.encode(value)
      const { decode } = getReader(eventId)
      return sendCall({
        operation: 'create',
        method: 'POST',
        path: getEventPropertyPath(eventId),
        signal,
        json: sentFields,
        read: (reply) => {
          const record = requireSuccess(reply).reply.body.length === 0 ? {} : reply.body
          return decode(reply, record, includeSource, { sentFields })
        },
      })
    },
    patch: async (eventId, id, value, context) => {
      const { decode } = getReader(eventId)
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
            : { record: decode(reply, reply.body, context.includeSource) },
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

const getRecordPath = (eventId: string, id: string): string => `${getEventPropertyPath(eventId)}/${toPathSegment(id)}`
