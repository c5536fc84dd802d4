import { isAscii, isUtf8 } from 'node:buffer'
import { setImmediate } from 'node:timers/promises'
import { isRecord } from '#src/mapping/define.ts'
import { parseWire } from '#src/mapping/wire-json.ts'
import { limits } from '../transport/limits.ts'
import type { SameBytes } from '../transport/same-bytes.ts'
import type { Send } from '../transport/types.ts'
import { type Answer, type AskContext, createRequests, type SpacioAccount, unusable } from './ask.ts'
import { readBody } from './body.ts'
import { createElementCutter } from './element-cutter.ts'
import type { OperationName } from './operations.ts'
import { pulled } from './pulled.ts'

/**
 * Asks a method whose list comes at once, however long, and answers its records some at a time, no faster than they are
 * taken. A list that breaks off, or becomes something else, ends in a problem. Of a short reply it makes what `Ask` does.
 */
export type AskInParts = (
  name: OperationName,
  form: Record<string, string>,
  context: AskContext,
) => AsyncGenerator<Answer, void>

/** Up to here a reply is held and read as any other: with every tolerance, and asked for again where it breaks off. */
const heldBytes = 1024 * 1024

/** A fast socket brings dozens of chunks in one turn of the event loop, and nobody else would have his turn. */
const longestTurnMs = 10

export const createAskInParts = (
  account: SpacioAccount,
  send: Send,
  now: () => Date,
  sameBytes: SameBytes,
): AskInParts => {
  const requestFor = createRequests(account, now, sameBytes)
  return (name, form, context) =>
    pulled(context.signal, async (give, signal) => {
      const request = requestFor(name, form, context)
      const { operation } = request
      let hasGiven = false
      const read = async (chunks: AsyncIterable<Buffer>): Promise<null> => {
        const fetchedAt = now().toISOString()
        let turned = performance.now()
        for await (const records of recordsIn(chunks, operation)) {
          hasGiven = true
          await give({ records, info: null, operation, fetchedAt })
          if (performance.now() - turned > longestTurnMs) {
            await setImmediate()
            turned = performance.now()
          }
        }
        return null
      }
      const stream = { beyondBytes: heldBytes, read, hasGiven: () => hasGiven }
      context.asked?.()
      const whole = await send<Answer | null>({ ...request, limits: limits.spacioExport, stream }, signal)
      if (whole) await give(whole)
    })
}

/** The records of a list, as they come. */
export async function* recordsIn(chunks: AsyncIterable<Buffer>, operation: string): AsyncGenerator<unknown[], void> {
  const cutter = createElementCutter()
  for await (const chunk of chunks) {
    const elements = cutter.cut(chunk)
    const records = elements?.map(recordOf)
    if (!records?.every(isRecord)) throw unusable(operation, { status: 200 }, 'another shape, or not readable')
    if (records.length > 0) yield records
  }
  if (!cutter.isDone()) throw unusable(operation, { status: 200 }, 'the list ends before it is whole')
}

/** Strictly at first; as tolerantly as a whole body where that fails. Null: it cannot be read. */
const recordOf = (element: Buffer): unknown => {
  try {
    if (isUtf8(element)) return parseWire(element.toString(isAscii(element) ? 'latin1' : 'utf8'))
  } catch {
    // It may be mended.
  }
  const body = readBody(element)
  return body.kind === 'json' ? body.value : null
}
