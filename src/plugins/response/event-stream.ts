import { Readable } from 'node:stream'
import type { FastifyReply } from 'fastify'
import fp from 'fastify-plugin'
import { runInBackground } from '#src/lib/background.ts'
import { getOrCreate } from '#src/lib/get-or-create.ts'
import { mapIterable } from '#src/lib/map-iterable.ts'
import { minuteMs } from '#src/lib/units.ts'

/** An event of a `text/event-stream`. A heartbeat carries no data, only the current cursor. */
export type ServerEvent = { event: string; id?: string; data: unknown } | { retry: number } | { heartbeat: string }

declare module 'fastify' {
  interface FastifyReply {
    /**
     * Sends events as they arrive. It requests the next event only after the client has received the last one, so it
     * buffers nothing for slow clients. It disconnects a client that reads nothing for a minute.
     */
    sendEvents(events: AsyncIterable<ServerEvent>): FastifyReply
  }
}

export const eventStreamType = 'text/event-stream'

interface EventStreamOptions {
  /** Milliseconds after which a client that reads nothing is disconnected. */
  stallTimeoutMs?: number
}

/** Provides `reply.sendEvents` for live event streams. */
export default fp<EventStreamOptions>(
  async (app, { stallTimeoutMs = minuteMs }) => {
    app.decorateReply('sendEvents', function (this: FastifyReply, events: AsyncIterable<ServerEvent>) {
      const { socket } = this.raw
      this.headers({
        'content-type': `${eventStreamType}; charset=utf-8`,
        // Prevents proxies from compressing or buffering the stream, which would delay events.
        'cache-control': 'no-store, no-transform',
        'x-accel-buffering': 'no',
      })
      // For a HEAD request, Fastify would read the stream to its end, and a live stream has none.
      const frames = mapIterable(events, getSharedFrame)
      if (this.request.method === 'HEAD') {
        runInBackground(
          async () => frames[Symbol.asyncIterator]().return?.(),
          (error) => this.log.error(error),
        )
        return this.send()
      }
      // Heartbeats are more frequent than this timeout, so it affects only a client that reads nothing.
      socket?.setTimeout(stallTimeoutMs, () => socket.destroy())
      return this.send(Readable.from(frames, { objectMode: false, highWaterMark: 16 * 1024 }))
    })
  },
  { name: 'event-stream' },
)

/** Listeners share events, so each event is serialized once. */
const frameCache = new WeakMap<ServerEvent, Buffer>()

const getSharedFrame = (event: ServerEvent): Buffer | string =>
  'event' in event ? getOrCreate(frameCache, event, () => Buffer.from(toFrame(event))) : toFrame(event)

/**
 * Serializes an event. JSON contains no raw line breaks, so a single data line suffices.
 * @see https://html.spec.whatwg.org/multipage/server-sent-events.html
 */
export const toFrame = (event: ServerEvent): string => {
  if ('heartbeat' in event) return `: still here\nid: ${event.heartbeat}\n\n`
  if ('retry' in event) return `retry: ${event.retry}\n\n`
  const id = event.id === undefined ? '' : `id: ${event.id}\n`
  return `event: ${event.event}\n${id}data: ${JSON.stringify(event.data)}\n\n`
}

const retrySpreadMs = 8_000

/** Returns the milliseconds after which a browser reconnects. The random part spreads the reconnections. */
export const chooseRetryMs = (minMs: number): number => Math.round(minMs + Math.random() * retrySpreadMs)
