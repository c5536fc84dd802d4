import type { FastifyReply } from 'fastify'
import fp from 'fastify-plugin'
import type { LiveEvent } from '#src/gateway/feed/index.ts'
import { toDocument } from '#src/problems.ts'
import type { ServerEvent } from './event-stream.ts'

declare module 'fastify' {
  interface FastifyReply {
    /** Sends a live feed of leads as `text/event-stream`. */
    sendLive(live: AsyncIterable<LiveEvent>): FastifyReply
  }
}

export default fp(
  async (app) => {
    app.decorateReply('sendLive', function (this: FastifyReply, live: AsyncIterable<LiveEvent>) {
      return this.sendEvents(leadEvents(live, this.request.id, this.server.publicPath))
    })
  },
  { name: 'lead-events', dependencies: ['event-stream'] },
)

async function* leadEvents(
  live: AsyncIterable<LiveEvent>,
  requestId: string,
  publicPath: string,
): AsyncGenerator<ServerEvent> {
  for await (const event of live) yield frameOf(event, requestId, publicPath)
}

/** After a restart the browsers come back at once, but not all in the same second. */
const comeBackAfter = 2_000

const frameOf = (event: LiveEvent, requestId: string, publicPath: string): ServerEvent => {
  switch (event.kind) {
    case 'lead':
      return { event: 'lead', id: event.cursor, data: event.lead }
    case 'problem':
      return { event: 'problem', data: toDocument(event.problem, requestId, publicPath) }
    case 'idle':
      return { heartbeat: event.cursor }
    case 'closing':
      return { retry: comeBackAfter }
  }
}
