import type { FastifyReply } from 'fastify'
import fp from 'fastify-plugin'
import { createReading } from '#src/gateway/cache/reading.ts'
import type { Call } from '#src/gateway/call.ts'
import { atOnce } from './at-once.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** The request as the use cases see it; not on public routes. */
    call: Call
  }
}

/** Gives each request its `call`: who asks, until when, and whether the wire records are wanted. */
export default fp(
  async (app) => {
    app.decorateRequest('call')
    app.addHook(
      'preHandler',
      atOnce((request, reply) => {
        const { caller } = request
        if (!caller) return
        const { include } = request.query as { include?: string }
        const reading = createReading(wantsFresh(request.headers['cache-control']))
        request.call = { caller, signal: clientSignal(reply), includeSource: include === 'source', reading }
      }),
    )
  },
  { name: 'calls', dependencies: ['authentication'] },
)

const wantsFresh = (cacheControl = ''): boolean => /(^|,)\s*no-cache\s*(,|$)/i.test(cacheControl)

/** Aborts when the client leaves before its answer is complete; `request.signal` also does once a body was read. */
const clientSignal = ({ raw }: FastifyReply): AbortSignal => {
  const controller = new AbortController()
  raw.once('close', () => {
    if (!raw.writableFinished) controller.abort(new Error('the client has left'))
  })
  return controller.signal
}
