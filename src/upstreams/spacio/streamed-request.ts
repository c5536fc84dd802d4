import { isUtf8 } from 'node:buffer'
import { createPullStream } from '#src/lib/pull-stream.ts'
import { isRecord } from '#src/mapping/mapping.ts'
import { createElementSplitter } from '#src/upstreams/spacio/element-cutter.ts'
import { limits } from '../transport/limits.ts'
import type { ResponseMemo } from '../transport/response-memo.ts'
import { createSlices, type Slices } from '../transport/slices.ts'
import type { Send } from '../transport/types.ts'
import { parseRecord } from './list-reader.ts'
import type { OperationName } from './operations.ts'
import {
  createInvalidResponse,
  createRequestFactory,
  type SpacioAccount,
  type SpacioRequestContext,
  type SpacioResult,
} from './request.ts'

/**
 * Asks a method whose list comes at once, however long, and answers its records some at a time, no faster than they are
 * taken. A list that breaks off, or becomes something else, ends in a problem. Of a short reply it makes what `Ask` does.
 */
export type StreamedRequester = (
  name: OperationName,
  form: Record<string, string>,
  context: SpacioRequestContext,
) => AsyncGenerator<SpacioResult, void>

/** A reply of up to this size is read as a whole: with all repairs, and with a retry if it is truncated. */
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
        const fetchedAt = now().toISOString()
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

/** So many records are parsed and decoded in milliseconds. */
const maxBatchRecords = 200

/** The records of a list, as they come. */
export async function* streamRecords(
  chunks: AsyncIterable<Buffer>,
  operation: string,
): AsyncGenerator<unknown[], void> {
  const splitter = createElementSplitter()
  for await (const chunk of splitChunks(chunks)) {
    const elements = splitter.split(chunk)
    if (!elements) throw createInvalidResponse(operation, { status: 200 }, 'another shape, or not readable')
    for (let start = 0; start < elements.length; start += maxBatchRecords) {
      const records = elements.slice(start, start + maxBatchRecords).map(parseUtf8Record)
      if (!records.every(isRecord))
        throw createInvalidResponse(operation, { status: 200 }, 'a record that is not readable')
      yield records
    }
  }
  if (!splitter.isComplete())
    throw createInvalidResponse(operation, { status: 200 }, 'the list ends before it is whole')
}

/** Of a long chunk some is cut at a time: it may hold hundreds of thousands of elements. */
async function* splitChunks(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer, void> {
  for await (const chunk of chunks) {
    for (let start = 0; start < chunk.length; start += maxPieceBytes) yield chunk.subarray(start, start + maxPieceBytes)
  }
}

const maxPieceBytes = 64 * 1024

/** Strictly at first, repaired where that fails. Undefined: it cannot be read. */
const parseUtf8Record = (element: Buffer): unknown => (isUtf8(element) ? parseRecord(element) : undefined)
