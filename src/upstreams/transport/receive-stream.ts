import { finished } from 'node:stream'
import { createChunks } from '#src/lib/chunks.ts'
import { Problem } from '#src/problems.ts'
import { unpackStream } from './decompress-stream.ts'
import { bodyTooLong, codeOf, faultOf, tookTooLong, tooManyCodings } from './errors.ts'
import { encodingsIn, firstOf, maxCodings, type Options } from './receive.ts'
import type { StreamReader, UpstreamRequest } from './types.ts'
import { type CallDispatcher, requestOn } from './undici.ts'

type Chunks = AsyncIterator<Buffer, undefined>

interface Opening {
  readonly status: number
  readonly retryAfter: string | null
  readonly held: Buffer
  /** What comes after that; null: nothing does. */
  readonly rest: Chunks | null
}

/**
 * Sends once. A sound reply that is longer than may be held is given to its reader as it comes, and no faster than it is
 * read; any other is held, and read as ever.
 */
export const receiveStream = async <T>(
  pool: CallDispatcher,
  options: Options,
  request: UpstreamRequest<T>,
  stream: StreamReader<T>,
  outer: AbortSignal,
): Promise<T> => {
  const patience = createPatience(request.limits.attemptMs, outer)
  let leave = (): void => {}

  const open = async (): Promise<Opening> => {
    const { statusCode: status, headers, body } = await requestOn(pool, { ...options, signal: patience.signal })
    // Whoever reads it is told of its faults; one that comes after that is of no concern.
    finished(body, () => {})
    leave = () => body.destroy()
    const encodings = encodingsIn(headers)
    if (encodings.length > maxCodings) throw tooManyCodings(encodings.length)
    const chunks: Chunks = unpackStream(body, encodings, stream.beyondBytes)[Symbol.asyncIterator]()
    const isSound = status === 200
    const mostBytes = isSound ? stream.beyondBytes : request.limits.maxBytes
    const { held, isWhole } = await readUpTo(chunks, mostBytes)
    if (!isWhole && !isSound) throw bodyTooLong(mostBytes)
    return { status, retryAfter: firstOf(headers['retry-after']), held, rest: isWhole ? null : chunks }
  }

  const fault = (error: unknown): never => {
    throw error instanceof Problem ? error : faultOf(request, codeOf(error), error)
  }

  const onwards = async function* (held: Buffer, rest: Chunks): AsyncGenerator<Buffer, void> {
    yield held
    for (;;) {
      // The time that the reader takes is not the upstream's.
      const { done, value } = await patience.during(() => rest.next()).catch(fault)
      if (done) return
      yield value
    }
  }

  try {
    const { status, retryAfter, held, rest } = await patience.during(open).catch(fault)
    if (rest) return await stream.read(onwards(held, rest))
    return await request.read({ status, retryAfter, body: held }, request.isRepeat === true)
  } finally {
    patience.end()
    leave()
  }
}

const readUpTo = async (chunks: Chunks, mostBytes: number): Promise<{ held: Buffer; isWhole: boolean }> => {
  const held = createChunks()
  for (let size = 0; size <= mostBytes; ) {
    const { done, value } = await chunks.next()
    if (done) return { held: held.take(), isWhole: true }
    held.add(value)
    size += value.length
  }
  return { held: held.take(), isWhole: false }
}

/** A signal that aborts with the caller's own, or when something takes longer than it may. */
const createPatience = (milliseconds: number, outer: AbortSignal) => {
  const controller = new AbortController()
  const follow = () => controller.abort(outer.reason)
  outer.addEventListener('abort', follow)
  return {
    signal: controller.signal,
    during: async <T>(run: () => Promise<T>): Promise<T> => {
      const timer = setTimeout(() => controller.abort(tookTooLong()), milliseconds)
      return run().finally(() => clearTimeout(timer))
    },
    end: () => outer.removeEventListener('abort', follow),
  }
}
