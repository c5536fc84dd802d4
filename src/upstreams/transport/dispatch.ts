import { Problem } from '#src/problems.ts'
import { createHeldBytes, type HeldBytes } from './buffered-bytes.ts'
import { type ConnectionPoolOptions, createConnectionPools } from './connection-pools.ts'
import { unpack } from './decompress.ts'
import { bodiesFull, codeOf, faultOf, hasLeft, isBodiesFull, isLongSuccess, notSent, refusalOf } from './errors.ts'
import { createTurns } from './event-loop-yield.ts'
import { type Options, receive } from './receive.ts'
import { receiveStream } from './receive-stream.ts'
import { bodyOf } from './request-body.ts'
import type { Send, UpstreamReply, UpstreamRequest } from './types.ts'
import type { CallDispatcher } from './undici.ts'

/** A reply that is longer takes about a millisecond to be read and written anew: several that come together take turns. */
const longBytes = 16 * 1024

/** Joining the chunks of a longer one has taken its time already. */
const veryLongBytes = 1024 * 1024

const bodiesFullRetryMs = 1_000

/** Not `deflate`: servers disagree on whether it has a zlib header. It is read where it has one. */
const acceptedEncodings = 'gzip, br'

interface Place {
  readonly origin: string
  /** Of the base URL, without a slash at the end. */
  readonly prefix: string
}

export interface Attempts {
  /** Sends once, has the whole reply read, and turns every fault into a `Problem`. */
  readonly send: Send
  close(): Promise<void>
}

export const createAttempts = (options: ConnectionPoolOptions): Attempts => {
  const turns = createTurns()
  const holdBytes = createHeldBytes()
  const pools = createConnectionPools(options)
  const places = new Map<string, Place>()

  /** Base URLs come from the configuration: they are few. */
  const placeOf = (baseUrl: string): Place => {
    const known = places.get(baseUrl)
    if (known) return known
    const { origin, pathname } = new URL(baseUrl)
    const place = { origin, prefix: pathname.replace(/\/+$/, '') }
    places.set(baseUrl, place)
    return place
  }

  const dispatchOf = (request: UpstreamRequest): { pool: CallDispatcher; options: Options } => {
    const { origin, prefix } = placeOf(request.baseUrl)
    const pool = pools.poolOf(request.tenant, origin)
    const { body, contentType } = bodyOf(request)
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

  const replyTo = async (request: UpstreamRequest, signal: AbortSignal, held: HeldBytes): Promise<UpstreamReply> => {
    try {
      const { pool, options } = dispatchOf(request)
      const { attemptMs, maxBytes } = request.limits
      // The reply to a write tells its outcome.
      const take = request.writes ? () => true : held.take
      const received = await receive(pool, options, { signal, milliseconds: attemptMs, bytes: maxBytes, take })
      if (received.encodings.length === 0) return received
      const body = await unpack(received, maxBytes)
      if (!take(body.length)) throw bodiesFull()
      return { ...received, body }
    } catch (error) {
      if (isBodiesFull(error)) throw refusalOf(request, 'overloaded', bodiesFullRetryMs)
      if (request.tooLong && isLongSuccess(error)) throw request.tooLong(error)
      throw error instanceof Problem ? error : faultOf(request, codeOf(error), error)
    }
  }

  const sendOnce = async <T>(request: UpstreamRequest<T>, signal: AbortSignal, held: HeldBytes): Promise<T> => {
    const reply = await replyTo(request, signal, held)
    if (reply.body.length > longBytes) {
      await (reply.body.length > veryLongBytes ? turns.next() : turns.take())
      // Nobody waits for it any more; where only the time is over it says all the same that the upstream is well.
      if (hasLeft(signal)) throw faultOf(request, 'upstream-failed', signal.reason)
    }
    return request.read(reply, request.isRepeat === true)
  }

  return {
    send: async (request, signal) => {
      if (signal.aborted) throw faultOf(request, 'upstream-failed', notSent(signal.reason))
      if (request.stream) {
        const { pool, options } = dispatchOf(request)
        return receiveStream(pool, options, request, request.stream, signal)
      }
      const held = holdBytes()
      try {
        return await sendOnce(request, signal, held)
      } finally {
        held.release()
      }
    },
    close: pools.close,
  }
}
