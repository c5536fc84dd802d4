import { Readable } from 'node:stream'
import type { FastifyReply } from 'fastify'
import fp from 'fastify-plugin'
import { runInBackground } from '#src/lib/background.ts'

/** One event of a `text/event-stream`. A heartbeat carries no data, but where the reader has got to. */
export type ServerEvent = { event: string; id?: string; data: unknown } | { retry: number } | { heartbeat: string }

declare module 'fastify' {
  interface FastifyReply {
    /**
     * Sends events as they come. The source is asked for the next one only when the reader has taken the last: a slow
     * reader lags, and one that takes nothing for a minute is dropped; nothing is buffered for it.
     */
    sendEvents(events: AsyncIterable<ServerEvent>): FastifyReply
  }
}

export const eventStreamType = 'text/event-stream'

export interface EventStreamOptions {
  /** Milliseconds after which a reader that takes nothing is dropped. */
  stallTimeoutMs?: number
}

export default fp<EventStreamOptions>(
  async (app, { stallTimeoutMs = 60_000 }) => {
    app.decorateReply('sendEvents', function (this: FastifyReply, events: AsyncIterable<ServerEvent>) {
      const { socket } = this.raw
      this.headers({
        'content-type': `${eventStreamType}; charset=utf-8`,
        // A proxy that compresses or buffers the reply would hold the events back.
        'cache-control': 'no-store, no-transform',
        'x-accel-buffering': 'no',
      })
      // Fastify would read the stream to its end for a HEAD, and a live one has none.
      const frames = toFrames(events)
      if (this.request.method === 'HEAD') {
        runInBackground(frames.return, (error) => this.log.error(error))
        return this.send()
      }
      // Heartbeats are written more often than this, so only a reader that takes nothing runs into it.
      socket?.setTimeout(stallTimeoutMs, () => socket.destroy())
      const iterable = { [Symbol.asyncIterator]: () => frames }
      return this.send(Readable.from(iterable, { objectMode: false, highWaterMark: 16 * 1024 }))
    })
  },
  { name: 'event-stream' },
)

/** No generator: one that has not started would not pass `return` on to its source. */
const toFrames = (events: AsyncIterable<ServerEvent>) => {
  const iterator = events[Symbol.asyncIterator]()
  return {
    next: async (): Promise<IteratorResult<Buffer | string, undefined>> => {
      const { done, value } = await iterator.next()
      return done ? { done, value: undefined } : { value: getSharedFrame(value) }
    },
    return: async (): Promise<IteratorResult<Buffer | string, undefined>> => {
      await iterator.return?.()
      return { done: true, value: undefined }
    },
  }
}

/** Many readers get the same event: it is serialized once. */
const frameCache = new WeakMap<ServerEvent, Buffer>()

const getSharedFrame = (event: ServerEvent): Buffer | string => {
  if (!('event' in event)) return toFrame(event)
  const frame = frameCache.get(event) ?? Buffer.from(toFrame(event))
  frameCache.set(event, frame)
  return frame
}

/** As in the HTML standard, section "Server-sent events". JSON holds no raw line break, so one data line is enough. */
export const toFrame = (event: ServerEvent): string => {
  if ('heartbeat' in event) return `: still here\nid: ${event.heartbeat}\n\n`
  if ('retry' in event) return `retry: ${event.retry}\n\n`
  const id = event.id === undefined ? '' : `id: ${event.id}\n`
  return `event: ${event.event}\n${id}data: ${JSON.stringify(event.data)}\n\n`
}

const retrySpreadMs = 8_000

/** Milliseconds after which a browser connects again: many of them must not come back in the same second. */
export const chooseRetryMs = (minMs: number): number => Math.round(minMs + Math.random() * retrySpreadMs)
