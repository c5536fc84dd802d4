import type { FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'

declare module 'fastify' {
  interface FastifyRequest {
    /** As `routeOptions`, which the framework puts together anew for whoever asks; a dozen do for each request. */
    readonly route: FastifyRequest['routeOptions']
    cachedRoute: FastifyRequest['routeOptions'] | null
  }
}

/** What makes two URLs the same one, and how long a part may be. */
export const routerOptions = { ignoreTrailingSlash: true, maxParamLength: 300 } as const

/** To be registered before whoever asks for a request's route. */
export default fp(
  async (app) => {
    app.decorateRequest('cachedRoute', null)
    app.decorateRequest('route', {
      getter(this: FastifyRequest) {
        this.cachedRoute ??= this.routeOptions
        return this.cachedRoute
      },
    })
  },
  { name: 'route' },
)
