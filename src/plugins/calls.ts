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
        let signal: AbortSignal | undefined
        request.call = {
          caller,
          includeSource: include === 'source',
          reading,
          // What is kept is answered before anybody could leave.
          get signal() {
            signal ??= clientSignal(reply)
            return signal
          },
        }
      }),
    )
  },
  { name: 'calls', dependencies: ['authentication'] },
)

const wantsFresh = (cacheControl = ''): boolean => /(^|,)\s*no-cache\s*(,|$)/i.test(cacheControl)

/** Aborts when the client leaves before its answer is complete; `request.signal` also does once a body was read. */
const clientSignal = ({ raw }: FastifyReply): AbortSignal => {
  const controller = new AbortController()
  const leave = () => {
    if (!raw.writableFinished) controller.abort(new Error('the client has left'))
  }
  if (raw.destroyed) leave()
  else raw.once('close', leave)
  return controller.signal
}
