import { ListReader, maxRecordBytes } from '#src/json/list-reader.ts'
import { createChunks } from '#src/lib/chunks.ts'
import { createPullStream } from '#src/lib/pull-stream.ts'
import { toTimestamp } from '#src/lib/units.ts'
import { limits } from '../transport/limits.ts'
import type { ResponseMemo } from '../transport/response-memo.ts'
import { createSlices, type Slices } from '../transport/slices.ts'
import type { Send } from '../transport/types.ts'
import type { OperationName } from './operations.ts'
import { readBatch } from './read-list.ts'
import {
  createInvalidResponse,
  createRequestFactory,
  type SpacioAccount,
  type SpacioRequestContext,
  type SpacioResult,
  stripByteOrderMark,
} from './request.ts'

/**
 * Calls a method whose list comes in one reply of any length, and yields its records in batches as the caller consumes
 * them. A truncated or invalid list ends in a problem. A short reply is read like any other.
 */
export type StreamedRequester = (
  name: OperationName,
  form: Record<string, string>,
  context: SpacioRequestContext,
) => AsyncGenerator<SpacioResult, void>

/** A shorter reply is read as a whole, with all repairs, and retried if it is truncated. */
const maxBufferedBytes = 1024 * 1024

export const createStreamedRequester = (
  account: SpacioAccount,
  send: Send,
  now: () => Date,
  responseMemo: ResponseMemo,
  slices: Slices = createSlices(),
): StreamedRequester => {
  const createRequest = createRequestFactory(account, now, responseMemo, slices)
  return (name, form, context) =>
    createPullStream(context.signal, async (emit, signal) => {
      const request = createRequest(name, form, context)
      const { operation } = request
      let isEmitting = false
      const read = async (chunks: AsyncIterable<Buffer>): Promise<null> => {
        const fetchedAt = toTimestamp(now().getTime())
        const waitForSlice = slices.createPacer()
        for await (const records of streamRecords(chunks, operation)) {
          isEmitting = true
          await emit({ records, info: null, operation, fetchedAt })
          await waitForSlice()
        }
        return null
      }
      const stream = { maxBufferedBytes, read, hasEmitted: () => isEmitting }
      context.onRequest?.()
      const result = await send<SpacioResult | null>({ ...request, limits: limits.spacioExport, stream }, signal)
      if (result) await emit(result)
    })
}

/** The records of a list, in batches, while the list is received. */
export async function* streamRecords(
  chunks: AsyncIterable<Buffer>,
  operation: string,
): AsyncGenerator<unknown[], void> {
  const createProblem = (reason: string) => createInvalidResponse(operation, { status: 200 }, reason)
  let reader: ListReader | null = null
  for await (const piece of regroupChunks(chunks)) {
    if (reader) reader.append(piece)
    else reader = new ListReader(stripByteOrderMark(piece), 0)
    for (;;) {
      const batch = readBatch(reader)
      if (!batch) throw createProblem('a record that is not readable')
      if (batch.records.length === 0) break
      yield batch.records
    }
    if (reader.unreadBytes > maxRecordBytes) throw createProblem('another shape, or not readable')
  }
  if (!reader?.isComplete || reader.unreadBytes > 0) throw createProblem('the list ends before it is whole')
}

const pieceBytes = 64 * 1024

/** Short chunks would be scanned repeatedly, and a long one would block the event loop. */
async function* regroupChunks(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer, void> {
  const pending = createChunks()
  let size = 0
  for await (const chunk of chunks) {
    for (let start = 0; start < chunk.length; start += pieceBytes) {
      const part = chunk.subarray(start, start + pieceBytes)
      pending.add(part)
      size += part.length
      if (size < pieceBytes) continue
      yield pending.take()
      size = 0
    }
  }
  if (size > 0) yield pending.take()
}
