import { getOrCreate } from '#src/lib/get-or-create.ts'
import { Problem } from '#src/problems.ts'
import { type ByteReservation, createByteBudget } from './buffered-bytes.ts'
import { type ConnectionPoolOptions, createConnectionPools } from './connection-pools.ts'
import { decompress } from './decompress.ts'
import {
  createBufferLimitError,
  createBufferRejection,
  createNotSentError,
  createTransportProblem,
  isBufferLimitError,
  isClientGone,
  isOversizedSuccess,
  toProblemCode,
} from './errors.ts'
import { createYielder } from './event-loop-yield.ts'
import { receive, type SendOptions } from './receive.ts'
import { receiveStream } from './receive-stream.ts'
import { toRequestBody } from './request-body.ts'
import type { Send, UpstreamReply, UpstreamRequest } from './types.ts'
import type { CallDispatcher } from './undici.ts'

/** Longer replies take about a millisecond to process, so that concurrent ones take turns. */
const minYieldBytes = 16 * 1024

/** For longer bodies, joining the chunks has already taken noticeable time. */
const minForcedYieldBytes = 1024 * 1024

/** Without `deflate`, because servers disagree on its zlib header. It is decoded if it has one. */
const acceptedEncodings = 'gzip, br'

interface BaseUrlParts {
  readonly origin: string
  /** The path of the base URL, without a trailing slash. */
  readonly prefix: string
}

const parseBaseUrl = (baseUrl: string): BaseUrlParts => {
  const { origin, pathname } = new URL(baseUrl)
  return { origin, prefix: pathname.replace(/\/+$/, '') }
}

/** Creates the innermost `Send`: it sends once, reads the whole reply, and converts every failure to a `Problem`. */
export const createRequestDispatcher = (options: ConnectionPoolOptions): { send: Send; close(): Promise<void> } => {
  const yielder = createYielder()
  const createReservation = createByteBudget()
  const pools = createConnectionPools(options)
  /** Without a limit, because base URLs come from the configuration. */
  const baseUrls = new Map<string, BaseUrlParts>()

  const toDispatch = (request: UpstreamRequest): { pool: CallDispatcher; options: SendOptions } => {
    const { origin, prefix } = getOrCreate(baseUrls, request.baseUrl, () => parseBaseUrl(request.baseUrl))
    const pool = pools.getPool(request.tenant, origin)
    const { body, contentType } = toRequestBody(request)
    const headers = { accept: 'application/json', 'accept-encoding': acceptedEncodings, ...request.headers }
    const { method, path } = request
    const options = {
      path: prefix + path,
      method,
      headers: contentType === null ? headers : { ...headers, 'content-type': contentType },
      body,
    }
    return { pool, options }
  }

  const receiveReply = async (
    request: UpstreamRequest,
    signal: AbortSignal,
    reservation: ByteReservation,
  ): Promise<UpstreamReply> => {
    try {
      const { pool, options } = toDispatch(request)
      const { attemptTimeoutMs, maxBytes } = request.limits
      // A reply to a write is never rejected, because it reveals the outcome.
      const reserve = request.writes ? () => true : reservation.reserve
      const encodedReply = await receive(pool, options, {
        signal,
        timeoutMs: attemptTimeoutMs,
        maxBytes,
        reserve,
      })
      if (encodedReply.encodings.length === 0) return encodedReply
      const body = await decompress(encodedReply, maxBytes)
      if (!reserve(body.length)) throw createBufferLimitError()
      return { ...encodedReply, body }
    } catch (error) {
      if (isBufferLimitError(error)) throw createBufferRejection(request)
      if (request.createTooLongProblem && isOversizedSuccess(error)) throw request.createTooLongProblem(error)
      throw error instanceof Problem ? error : createTransportProblem(request, toProblemCode(error), error)
    }
  }

  const sendOnce = async <T>(
    request: UpstreamRequest<T>,
    signal: AbortSignal,
    reservation: ByteReservation,
  ): Promise<T> => {
    const reply = await receiveReply(request, signal, reservation)
    if (reply.body.length > minYieldBytes) {
      await (reply.body.length > minForcedYieldBytes ? yielder.next() : yielder.nextTurn())
      // The client disconnected. After a timeout, in contrast, the reply still shows that the upstream is healthy.
      if (isClientGone(signal)) throw createTransportProblem(request, 'upstream-failed', signal.reason)
    }
    return request.read(reply, request.isRetry === true)
  }

  return {
    send: async (request, signal) => {
      if (signal.aborted) throw createTransportProblem(request, 'upstream-failed', createNotSentError(signal.reason))
      const reservation = createReservation()
      try {
        if (!request.stream) return await sendOnce(request, signal, reservation)
        const { pool, options } = toDispatch(request)
        return await receiveStream(pool, options, request, request.stream, signal, reservation)
      } finally {
        reservation.release()
      }
    },
    close: pools.close,
  }
}
