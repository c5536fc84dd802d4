import type { FastifyReply } from 'fastify'
import fp from 'fastify-plugin'
import type { LiveEvent } from '#src/gateway/feed/index.ts'
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
      return this.sendEvents(toServerEvents(live, this.request.id, this.server.publicPath))
    })
  },
  { name: 'lead-event-stream', dependencies: ['public-path', 'event-stream'] },
)

const toServerEvents = (live: AsyncIterable<LiveEvent>, requestId: string, publicPath: string) => {
  const iterator = live[Symbol.asyncIterator]()
  const next = async (): Promise<IteratorResult<ServerEvent, undefined>> => {
    const { done, value } = await iterator.next()
    return done ? { done, value: undefined } : { value: toServerEvent(value, requestId, publicPath) }
  }
  return {
    [Symbol.asyncIterator]: () => ({
      next,
      return: async () => iterator.return?.() ?? { done: true, value: undefined },
    }),
  } as AsyncIterable<ServerEvent>
}

/** Minimum delay before browsers reconnect after a restart. */
const reconnectDelayMs = 2_000

/** All listeners receive the same object for the same lead. */
const serverEventCache = new WeakMap<LiveEvent, ServerEvent>()

const toServerEvent = (event: LiveEvent, requestId: string, publicPath: string): ServerEvent => {
  switch (event.kind) {
    case 'lead': {
      const serverEvent = serverEventCache.get(event) ?? { event: 'lead', id: event.cursor, data: event.lead }
      serverEventCache.set(event, serverEvent)
      return serverEvent
    }
    case 'problem':
      return { event: 'problem', data: toProblemDocument(event.problem, requestId, publicPath) }
    case 'idle':
      return { heartbeat: event.cursor }
    case 'closing':
      return { retry: chooseRetryMs(reconnectDelayMs) }
  }
}
