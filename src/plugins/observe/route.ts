import type { FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'

declare module 'fastify' {
  interface FastifyRequest {
    /** As `routeOptions`, which the framework puts together anew for whoever asks; a dozen do for each request. */
    readonly route: FastifyRequest['routeOptions']
    knownRoute: FastifyRequest['routeOptions'] | null
  }
}

/** What makes two URLs the same one, and how long a part may be. */
export const routerOptions = { ignoreTrailingSlash: true, maxParamLength: 300 } as const

/** To be registered before whoever asks for a request's route. */
export default fp(
  async (app) => {
    app.decorateRequest('knownRoute', null)
    app.decorateRequest('route', {
      getter(this: FastifyRequest) {
        this.knownRoute ??= this.routeOptions
        return this.knownRoute
      },
    })
  },
  { name: 'route' },
)
