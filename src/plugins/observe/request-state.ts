import type { FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import type { Caller } from '#src/access-control.ts'
import type { RequestContext } from '#src/gateway/request-context.ts'
import { syncHook } from '../sync-hook.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** As `routeOptions`, which Fastify creates again at each access; about twelve plugins read it. */
    readonly route: FastifyRequest['routeOptions']
    cachedRoute: FastifyRequest['routeOptions'] | null
    /** Who calls. Null before authentication, and on public routes. Set by `authentication`. */
    caller: Caller | null
    /** False while the request may still be rejected for its caller or for load. Set by `load-shedding`. */
    isAdmitted: boolean
    /** The request as the use cases see it; undefined on public routes. Set by `call-context`. */
    requestContext: RequestContext
  }
}

/** The state of a request that several plugins share, and its id, which `X-Request-Id` sends. */
export default fp(
  async (app) => {
    app.decorateRequest('cachedRoute', null)
    app.decorateRequest('route', {
      getter(this: FastifyRequest) {
        this.cachedRoute ??= this.routeOptions
        return this.cachedRoute
      },
    })
    app.decorateRequest('caller', null)
    app.decorateRequest('isAdmitted', false)
    app.decorateRequest('requestContext')
    app.addHook(
      'onRequest',
      syncHook((request, reply) => {
        reply.header('x-request-id', request.id)
      }),
    )
  },
  { name: 'request-state' },
)
