import { isUtf8 } from 'node:buffer'
import { pulled } from '#src/lib/pull-stream.ts'
import { isRecord } from '#src/mapping/mapping.ts'
import { createElementCutter } from '#src/upstreams/spacio/element-cutter.ts'
import { limits } from '../transport/limits.ts'
import type { SameBytes } from '../transport/response-memo.ts'
import { createSlices, type Slices } from '../transport/slices.ts'
import type { Send } from '../transport/types.ts'
import { parseRecord } from './list-reader.ts'
import type { OperationName } from './operations.ts'
import { type Answer, type AskContext, createRequests, type SpacioAccount, unusable } from './request.ts'

/**
 * Asks a method whose list comes at once, however long, and answers its records some at a time, no faster than they are
 * taken. A list that breaks off, or becomes something else, ends in a problem. Of a short reply it makes what `Ask` does.
 */
export type AskInParts = (
  name: OperationName,
  form: Record<string, string>,
  context: AskContext,
) => AsyncGenerator<Answer, void>

/** A reply of up to this size is read as a whole: with all repairs, and with a retry if it is truncated. */
const heldBytes = 1024 * 1024

export const createAskInParts = (
  account: SpacioAccount,
  send: Send,
  now: () => Date,
  sameBytes: SameBytes,
  slices: Slices = createSlices(),
): AskInParts => {
  const requestFor = createRequests(account, now, sameBytes, slices)
  return (name, form, context) =>
    pulled(context.signal, async (give, signal) => {
      const request = requestFor(name, form, context)
      const { operation } = request
      let hasGiven = false
      const read = async (chunks: AsyncIterable<Buffer>): Promise<null> => {
        const fetchedAt = now().toISOString()
        const pace = slices.createPace()
        for await (const records of recordsIn(chunks, operation)) {
          hasGiven = true
          await give({ records, info: null, operation, fetchedAt })
          await pace()
        }
        return null
      }
      const stream = { beyondBytes: heldBytes, read, hasGiven: () => hasGiven }
      context.asked?.()
      const whole = await send<Answer | null>({ ...request, limits: limits.spacioExport, stream }, signal)
      if (whole) await give(whole)
    })
}

/** So many records are parsed and decoded in milliseconds. */
const maxBatch = 200

/** The records of a list, as they come. */
export async function* recordsIn(chunks: AsyncIterable<Buffer>, operation: string): AsyncGenerator<unknown[], void> {
  const cutter = createElementCutter()
  for await (const chunk of piecesOf(chunks)) {
    const elements = cutter.cut(chunk)
    if (!elements) throw unusable(operation, { status: 200 }, 'another shape, or not readable')
    for (let start = 0; start < elements.length; start += maxBatch) {
      const records = elements.slice(start, start + maxBatch).map(recordOf)
      if (!records.every(isRecord)) throw unusable(operation, { status: 200 }, 'a record that is not readable')
      yield records
    }
  }
  if (!cutter.isDone()) throw unusable(operation, { status: 200 }, 'the list ends before it is whole')
}

/** Of a long chunk some is cut at a time: it may hold hundreds of thousands of elements. */
async function* piecesOf(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer, void> {
  for await (const chunk of chunks) {
    for (let start = 0; start < chunk.length; start += pieceBytes) yield chunk.subarray(start, start + pieceBytes)
  }
}

const pieceBytes = 64 * 1024

/** Strictly at first, repaired where that fails. Undefined: it cannot be read. */
const recordOf = (element: Buffer): unknown => (isUtf8(element) ? parseRecord(element) : undefined)
