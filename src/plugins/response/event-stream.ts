import { Readable } from 'node:stream'
import type { FastifyReply } from 'fastify'
import fp from 'fastify-plugin'
import type { LiveEvent } from '#src/gateway/feed/index.ts'
import { runInBackground } from '#src/lib/background.ts'
import { getOrCreate } from '#src/lib/get-or-create.ts'
import { mapIterable } from '#src/lib/map-iterable.ts'
import { toProblemDocument } from '#src/problems.ts'

declare module 'fastify' {
  interface FastifyReply {
    /**
     * Sends a live feed of leads as `text/event-stream`. It requests the next event only after the client has received
     * the last one, so it buffers nothing for slow clients.
     */
    sendLiveFeed(live: AsyncIterable<LiveEvent>): FastifyReply
  }
}

export const eventStreamType = 'text/event-stream'

interface EventStreamOptions {
  /** Milliseconds after which a client that reads nothing is disconnected. */
  unreadMs: number
}

/** Provides `reply.sendLiveFeed`, which converts the feed's events to server-sent events. */
export default fp<EventStreamOptions>(
  async (app, { unreadMs }) => {
    app.decorateReply('sendLiveFeed', function (this: FastifyReply, live: AsyncIterable<LiveEvent>) {
      const { socket } = this.raw
      this.headers({
        'content-type': `${eventStreamType}; charset=utf-8`,
        // Prevents proxies from compressing or buffering the stream, which would delay events.
        'cache-control': 'no-store, no-transform',
        'x-accel-buffering': 'no',
      })
      const frames = mapIterable(live, (event) => toFrame(event, this))
      // For a HEAD request, Fastify would read the stream to its end, and a live stream has none.
      if (this.request.method === 'HEAD') {
        runInBackground(
          async () => frames[Symbol.asyncIterator]().return?.(),
          (error) => this.log.error(error),
        )
        return this.send()
      }
      // Heartbeats are more frequent than this timeout, so it affects only a client that reads nothing.
      socket?.setTimeout(unreadMs, () => socket.destroy())
      return this.send(Readable.from(frames, { objectMode: false, highWaterMark: 16 * 1024 }))
    })
  },
  { name: 'event-stream', dependencies: ['public-path'] },
)

/** All listeners receive the same object for the same lead, so each lead is serialized once. */
const leadFrames = new WeakMap<LiveEvent, Buffer>()

/** Minimum delay before browsers reconnect after a restart. */
const reconnectDelayMs = 2_000

const toFrame = (event: LiveEvent, { request, server }: FastifyReply): Buffer | string => {
  switch (event.kind) {
    case 'lead':
      return getOrCreate(leadFrames, event, () => Buffer.from(formatEvent('lead', event.lead, event.cursor)))
    case 'problem':
      return formatEvent('problem', toProblemDocument(event.problem, request.id, server.publicPath))
    case 'idle':
      return `: still here\nid: ${event.cursor}\n\n`
    case 'closing':
      return formatRetry(reconnectDelayMs)
  }
}

/**
 * Formats an event. JSON contains no raw line breaks, so a single data line suffices.
 * @see https://html.spec.whatwg.org/multipage/server-sent-events.html
 */
export const formatEvent = (name: string, data: unknown, id?: string): string =>
  `event: ${name}\n${id === undefined ? '' : `id: ${id}\n`}data: ${JSON.stringify(data)}\n\n`

const retrySpreadMs = 8_000

/** Formats the delay after which a browser reconnects. The random part spreads the reconnections. */
export const formatRetry = (minMs: number): string => `retry: ${Math.round(minMs + Math.random() * retrySpreadMs)}\n\n`
