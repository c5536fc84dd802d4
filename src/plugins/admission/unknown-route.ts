import type { FastifyRequest, HTTPMethods } from 'fastify'
import fp from 'fastify-plugin'
import FindMyWay from 'find-my-way'
import { lazy } from '#src/lib/lazy.ts'
import { Problem } from '#src/problems.ts'
import { sendProblem } from '../response/problem-details.ts'
import { routerOptions } from '../router-options.ts'
import { syncHook } from '../sync-hook.ts'

declare module 'fastify' {
  interface FastifyInstance {
    /** To be called once, after all routes are there. */
    registerMethodGuards(): void
  }
  interface FastifyContextConfig {
    isMethodGuard?: true
  }
}

interface KnownUrl {
  readonly url: string
  readonly methods: Set<string>
}

const createMethodProblem = (methods: Iterable<string>): Problem =>
  new Problem('method-not-allowed', { allow: [...methods] })

const createNoRouteProblem = () => new Problem('not-found', { detail: 'This route does not exist.' })

/**
 * Answers 405 with `Allow` where a URL exists but not for the method, and OPTIONS with `Allow`. Node reads some 35 methods: a route of each of them
 * for each URL would be most of the router, and a good part of the start. So only those that some route has are guarded by
 * a route; all others are found out where there is none.
 */
export default fp(
  async (app) => {
    const knownUrls = new Map<string, KnownUrl>()

    app.addHook('onRoute', ({ url, method, config }) => {
      if (config && 'isMethodGuard' in config) return
      const { methods } = knownUrls.get(url) ?? { methods: new Set<string>() }
      for (const each of [method].flat()) methods.add(each)
      knownUrls.set(url, { url, methods })
    })

    const listGuardedUrls = (): KnownUrl[] => [...knownUrls.values()].filter(({ url }) => !url.includes('*'))

    const getRouter = lazy(() => {
      const urls = FindMyWay(routerOptions)
      for (const each of listGuardedUrls()) urls.on('GET', each.url, () => {}, each)
      return urls
    })

    const findWrongMethod = (request: FastifyRequest): Problem | null => {
      const match = getRouter().find('GET', request.url)?.store as KnownUrl | undefined
      if (!match) return null
      // It is told of by its URL, as requests for it are.
      request.cachedRoute = { ...request.routeOptions, url: match.url }
      return createMethodProblem(match.methods)
    }

    app.addHook(
      'onRequest',
      syncHook((request) => {
        if (request.is404) throw findWrongMethod(request) ?? createNoRouteProblem()
      }),
    )
    app.setNotFoundHandler((_request, reply) => sendProblem(reply, createNoRouteProblem()))

    app.decorate('registerMethodGuards', () => {
      // A route of another URL would take them: DELETE /connections/{id} is none of /connections/callback. CORS has one
      // of all URLs for OPTIONS.
      const usedMethods = new Set(['OPTIONS', ...[...knownUrls.values()].flatMap(({ methods }) => [...methods])])
      for (const { url, methods } of listGuardedUrls()) {
        app.route({
          method: [...usedMethods.difference(methods)] as HTTPMethods[],
          url,
          schema: { hide: true },
          config: { scope: 'public', isMethodGuard: true },
          // Before the body is read and parameters are validated.
          onRequest: async (request, reply) => {
            if (request.method !== 'OPTIONS') throw createMethodProblem(methods)
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
  { name: 'unknown-route', dependencies: ['request-state'] },
)
