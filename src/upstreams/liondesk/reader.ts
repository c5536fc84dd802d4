import type { DriftSink } from '#src/mapping/codec.ts'
import { decodeWithMemo } from '#src/mapping/decode-memo.ts'
import { isRecord } from '#src/mapping/mapping.ts'
import type { Condition } from '#src/query/conditions.ts'
import { createInvalidResponse } from './errors.ts'
import { type FindQuery, toQueryString } from './feathers-query.ts'
import { createRecordFinder, type LionDeskCallContext, type RecordFinder, type RecordPage } from './find-pages.ts'
import { type createLionDeskCaller, type LionDeskReply, requireSuccess } from './request.ts'
import type { Identified } from './rows.ts'
import { type Service, toPathSegment } from './services.ts'

export interface RecordReader<Fields> extends RecordFinder<Fields> {
  get(id: string, call: LionDeskCallContext): Promise<Fields>
}

/** `record` is the reply. `sentFields` completes the reply to a create. */
type Decode<Fields> = (
  reply: LionDeskReply,
  record: unknown,
  includeSource: boolean,
  more?: { id?: string; sentFields?: Record<string, unknown> },
) => Fields

/** Reads the records of one service. Every list is verified. */
export const createRecordReader = <Fields extends Identified>(
  sendCall: ReturnType<typeof createLionDeskCaller>,
  drift: DriftSink,
  service: Service<Fields>,
): RecordReader<Fields> & { decode: Decode<Fields> } => {
  const { mapping, path, operations, pathFields, toComparable } = service

  const decode: Decode<Fields> = ({ request, reply, fetchedAt }, record, includeSource, { id, sentFields } = {}) => {
    const hasFields =
      isRecord(record) && mapping.fields.some(({ from }) => from !== null && Object.hasOwn(record, from))
    // Other objects, such as `{"message": …}`, would decode to a record of nulls.
    if (!sentFields && !hasFields) throw createInvalidResponse(request, reply, 'no record')
    const whole = sentFields && isRecord(record) ? { ...sentFields, ...record } : record
    const value = decodeWithMemo(mapping, whole, drift, { ...pathFields, ...(id && { id }) } as Partial<Fields>)
    if (value === null) throw createInvalidResponse(request, reply, 'no record')
    if (!includeSource) return value as Fields
    const source = { system: 'liondesk' as const, operation: request.operation, fetchedAt, record }
    return { ...value, source } as unknown as Fields
  }

  const isWanted = (row: object, { field, values }: Condition): boolean => {
    const comparable = (value: string) => toComparable?.(field, value)
    const found: unknown = row[field as keyof typeof row]
    return typeof found === 'string' && values.some((value) => comparable(String(value)) === comparable(found))
  }

  const findPage = (query: FindQuery, { signal, includeSource }: LionDeskCallContext): Promise<RecordPage<Fields>> =>
    sendCall({
      operation: operations.find,
      method: 'GET',
      path: `${path}?${toQueryString(query, mapping)}`,
      signal,
      read: (reply) => {
        const { data, total } = readPage(requireSuccess(reply))
        const rows = data.slice(0, query.limit).map((record) => decode(reply, record, includeSource))
        const isForeign = (row: object) => !query.conditions.every((condition) => isWanted(row, condition))
        // The upstream did not apply the filter, so its rows can belong to other people.
        if (toComparable && rows.some(isForeign))
          throw createInvalidResponse(reply.request, reply.reply, 'a row that does not match the filter')
        return { total, fault: findPageFault(total, query.skip, data.length), rows, reply }
      },
    })

  return {
    ...createRecordFinder(findPage),
    decode,
    get: async (id, { signal, includeSource }) =>
      sendCall({
        operation: operations.get,
        method: 'GET',
        path: `${path}/${toPathSegment(id)}`,
        signal,
        read: (reply) => {
          const value = decode(reply, requireSuccess(reply).body, includeSource, toComparable && { id })
          if (toComparable && value.id !== id) throw createInvalidResponse(reply.request, reply.reply, 'another record')
          return value
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
