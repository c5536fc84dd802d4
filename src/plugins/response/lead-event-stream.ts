import type { FastifyReply } from 'fastify'
import fp from 'fastify-plugin'
import type { LiveEvent } from '#src/gateway/feed/index.ts'
import { getOrCreate } from '#src/lib/get-or-create.ts'
import { mapIterable } from '#src/lib/map-iterable.ts'
import { toProblemDocument } from '#src/problems.ts'
import { chooseRetryMs, type ServerEvent } from './event-stream.ts'

declare module 'fastify' {
  interface FastifyReply {
    /** Sends a live feed of leads as `text/event-stream`. */
    sendLiveFeed(live: AsyncIterable<LiveEvent>): FastifyReply
  }
}

/** Provides `reply.sendLiveFeed`, which converts the feed's events to server-sent events. */
export default fp(
  async (app) => {
    app.decorateReply('sendLiveFeed', function (this: FastifyReply, live: AsyncIterable<LiveEvent>) {
      const { request, server } = this
      return this.sendEvents(mapIterable(live, (event) => toServerEvent(event, request.id, server.publicPath)))
    })
  },
  { name: 'lead-event-stream', dependencies: ['public-path', 'event-stream'] },
)

/** Minimum delay before browsers reconnect after a restart. */
const reconnectDelayMs = 2_000

/** All listeners receive the same object for the same lead. */
const serverEventCache = new WeakMap<LiveEvent, ServerEvent>()

const toServerEvent = (event: LiveEvent, requestId: string, publicPath: string): ServerEvent => {
  switch (event.kind) {
    case 'lead':
      return getOrCreate(serverEventCache, event, () => ({ event: 'lead', id: event.cursor, data: event.lead }))
    case 'problem':
      return { event: 'problem', data: toProblemDocument(event.problem, requestId, publicPath) }
    case 'idle':
      return { heartbeat: event.cursor }
    case 'closing':
      return { retry: chooseRetryMs(reconnectDelayMs) }
  }
}
