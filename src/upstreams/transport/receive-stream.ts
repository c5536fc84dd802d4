import { finished } from 'node:stream'
import { createChunks } from '#src/lib/chunks.ts'
import { createLinkedAbort } from '#src/lib/linked-abort.ts'
import { Problem } from '#src/problems.ts'
import type { ByteReservation } from './buffered-bytes.ts'
import { decompressStream } from './decompress-stream.ts'
import {
  createAttemptTimeoutError,
  createBodyTooLongError,
  createBufferLimitError,
  createBufferRejection,
  createTooManyCodingsError,
  createTransportProblem,
  isBufferLimitError,
  toProblemCode,
} from './errors.ts'
import { getFirstValue, maxCodings, readEncodings, type SendOptions } from './receive.ts'
import type { StreamReader, UpstreamRequest } from './types.ts'
import { type CallDispatcher, dispatchRequest } from './undici.ts'

type Chunks = AsyncIterator<Buffer, undefined>

interface StreamStart {
  readonly status: number
  readonly retryAfter: string | null
  readonly prefix: Buffer
  /** The body after the prefix; null at the end of the body. */
  readonly rest: Chunks | null
}

/**
 * Sends once. A successful reply above the buffer limit is streamed to its reader with backpressure; other replies are
 * buffered.
 */
export const receiveStream = async <T>(
  pool: CallDispatcher,
  options: SendOptions,
  request: UpstreamRequest<T>,
  stream: StreamReader<T>,
  outer: AbortSignal,
  reservation: ByteReservation,
): Promise<T> => {
  const idleTimeout = createIdleTimeout(request.limits.attemptTimeoutMs, outer)
  let destroyBody = (): void => {}

  const openStream = async (): Promise<StreamStart> => {
    const {
      statusCode: status,
      headers,
      body,
    } = await dispatchRequest(pool, { ...options, signal: idleTimeout.signal })
    // The reader sees errors of the body; later errors are irrelevant.
    finished(body, () => {})
    destroyBody = () => body.destroy()
    const encodings = readEncodings(headers)
    if (encodings.length > maxCodings) throw createTooManyCodingsError(encodings.length)
    const chunks: Chunks = decompressStream(body, encodings, stream.maxBufferedBytes)[Symbol.asyncIterator]()
    const isSound = status === 200
    const maxPrefixBytes = isSound ? stream.maxBufferedBytes : request.limits.maxBytes
    const { prefix, isComplete } = await readPrefix(chunks, maxPrefixBytes, reservation)
    if (!isComplete && !isSound) throw createBodyTooLongError(maxPrefixBytes)
    return { status, retryAfter: getFirstValue(headers['retry-after']), prefix, rest: isComplete ? null : chunks }
  }

  const throwProblem = (error: unknown): never => {
    if (isBufferLimitError(error)) throw createBufferRejection(request)
    throw error instanceof Problem ? error : createTransportProblem(request, toProblemCode(error), error)
  }

  const streamChunks = async function* (prefix: Buffer, rest: Chunks): AsyncGenerator<Buffer, void> {
    yield prefix
    for (;;) {
      // Time that the reader takes does not count.
      const { done, value } = await idleTimeout.runWithTimeout(() => rest.next()).catch(throwProblem)
      if (done) return
      yield value
    }
  }

  try {
    const { status, retryAfter, prefix, rest } = await idleTimeout.runWithTimeout(openStream).catch(throwProblem)
    if (rest) {
      // From here on, the reader holds only a part of the body.
      reservation.release()
      return await stream.read(streamChunks(prefix, rest))
    }
    return await request.read({ status, retryAfter, body: prefix }, request.isRetry === true)
  } finally {
    idleTimeout.dispose()
    destroyBody()
  }
}

const readPrefix = async (
  chunks: Chunks,
  maxPrefixBytes: number,
  { reserve }: ByteReservation,
): Promise<{ prefix: Buffer; isComplete: boolean }> => {
  const bufferedChunks = createChunks()
  for (let size = 0; size <= maxPrefixBytes; ) {
    const { done, value } = await chunks.next()
    if (done) return { prefix: bufferedChunks.take(), isComplete: true }
    if (!reserve(value.length)) throw createBufferLimitError()
    bufferedChunks.add(value)
    size += value.length
  }
  return { prefix: bufferedChunks.take(), isComplete: false }
}

/** Returns a signal that aborts with the caller's signal or after an idle timeout. */
const createIdleTimeout = (timeoutMs: number, outer: AbortSignal) => {
  const { signal, abort, unlink } = createLinkedAbort(outer)
  return {
    signal,
    runWithTimeout: async <T>(run: () => Promise<T>): Promise<T> => {
      const timer = setTimeout(() => abort(createAttemptTimeoutError()), timeoutMs)
      return run().finally(() => clearTimeout(timer))
    },
    dispose: unlink,
  }
}
