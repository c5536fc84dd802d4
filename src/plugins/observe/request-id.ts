import fp from 'fastify-plugin'
import { syncHook } from '../sync-hook.ts'

/** Sends the id of the request as `X-Request-Id`. */
export default fp(
  async (app) => {
    app.addHook(
      'onRequest',
      syncHook((request, reply) => {
        reply.header('x-request-id', request.id)
      }),
    )
  },
  { name: 'request-id' },
)
