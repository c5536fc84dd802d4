import type { FastifyRequest, HTTPMethods } from 'fastify'
import fp from 'fastify-plugin'
import FindMyWay from 'find-my-way'
import { late } from '#src/lib/lazy.ts'
import { Problem } from '#src/problems.ts'
import { routerOptions } from '../observe/route.ts'

declare module 'fastify' {
  interface FastifyInstance {
    /** Null: there is no such URL, whatever the method. */
    wrongMethodOf(request: FastifyRequest): Problem | null
    /** To be called once, after all routes are there. */
    guardMethods(): void
  }
  interface FastifyContextConfig {
    guardsMethods?: true
  }
}

interface Known {
  readonly url: string
  readonly methods: Set<string>
}

const wrongMethod = (methods: Iterable<string>): Problem => new Problem('method-not-allowed', { allow: [...methods] })

/**
 * Answers 405 with `Allow` where a URL exists but not for the method, and OPTIONS with `Allow`. Node reads some 35 methods: a route of each of them
 * for each URL would be most of the router, and a good part of the start. So only those that some route has are guarded by
 * a route; all others are found out where there is none.
 */
export default fp(
  async (app) => {
    const known = new Map<string, Known>()

    app.addHook('onRoute', ({ url, method, config }) => {
      if (config && 'guardsMethods' in config) return
      const { methods } = known.get(url) ?? { methods: new Set<string>() }
      for (const each of [method].flat()) methods.add(each)
      known.set(url, { url, methods })
    })

    const guarded = (): Known[] => [...known.values()].filter(({ url }) => !url.includes('*'))

    const router = late(() => {
      const urls = FindMyWay(routerOptions)
      for (const each of guarded()) urls.on('GET', each.url, () => {}, each)
      return urls
    })

    app.decorate('wrongMethodOf', (request: FastifyRequest) => {
      const found = router().find('GET', request.url)?.store as Known | undefined
      if (!found) return null
      // It is told of by its URL, as requests for it are.
      request.knownRoute = { ...request.routeOptions, url: found.url }
      return wrongMethod(found.methods)
    })

    app.decorate('guardMethods', () => {
      // A route of another URL would take them: DELETE /connections/{id} is none of /connections/callback. CORS has one
      // of all URLs for OPTIONS.
      const taken = new Set(['OPTIONS', ...[...known.values()].flatMap(({ methods }) => [...methods])])
      for (const { url, methods } of guarded()) {
        app.route({
          method: [...taken.difference(methods)] as HTTPMethods[],
          url,
          schema: { hide: true },
          config: { scope: 'public', guardsMethods: true },
          // Before the body is read and parameters are validated.
          onRequest: async (request, reply) => {
            if (request.method !== 'OPTIONS') throw wrongMethod(methods)
            return reply
              .code(204)
              .header('allow', [...methods, 'OPTIONS'].join(', '))
              .send()
          },
          handler: async () => {},
        })
      }
    })
  },
  { name: 'methods' },
)
