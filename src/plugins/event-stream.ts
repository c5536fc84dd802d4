import { Readable } from 'node:stream'
import type { FastifyReply } from 'fastify'
import fp from 'fastify-plugin'

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

export interface EventStreamOptions {
  /** Milliseconds after which a reader that takes nothing is dropped. */
  stalledAfter?: number
}

export default fp<EventStreamOptions>(
  async (app, { stalledAfter = 60_000 }) => {
    app.decorateReply('sendEvents', function (this: FastifyReply, events: AsyncIterable<ServerEvent>) {
      const { socket } = this.raw
      this.headers({
        'content-type': 'text/event-stream; charset=utf-8',
        // A proxy that compresses or buffers the reply would hold the events back.
        'cache-control': 'no-store, no-transform',
        'x-accel-buffering': 'no',
      })
      // Fastify would read the stream to its end for a HEAD, and a live one has none.
      if (this.request.method === 'HEAD') return this.send()
      // Heartbeats are written more often than this, so only a reader that takes nothing runs into it.
      socket?.setTimeout(stalledAfter, () => socket.destroy())
      return this.send(Readable.from(framesOf(events), { objectMode: false, highWaterMark: 16 * 1024 }))
    })
  },
  { name: 'event-stream' },
)

async function* framesOf(events: AsyncIterable<ServerEvent>): AsyncGenerator<string> {
  for await (const event of events) yield frameOf(event)
}

/** As in the HTML standard, section "Server-sent events". JSON holds no raw line break, so one data line is enough. */
const frameOf = (event: ServerEvent): string => {
  if ('heartbeat' in event) return `: still here\nid: ${event.heartbeat}\n\n`
  if ('retry' in event) return `retry: ${event.retry}\n\n`
  const id = event.id === undefined ? '' : `id: ${event.id}\n`
  return `event: ${event.event}\n${id}data: ${JSON.stringify(event.data)}\n\n`
}
