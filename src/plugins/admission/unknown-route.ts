import type { FastifyRequest, HTTPMethods } from 'fastify'
import fp from 'fastify-plugin'
import FindMyWay from 'find-my-way'
import { getOrCreate } from '#src/lib/get-or-create.ts'
import { lazy } from '#src/lib/lazy.ts'
import { Problem } from '#src/problems.ts'
import { sendProblem } from '../response/problem-details.ts'
import { routerOptions } from '../router-options.ts'
import { syncHook } from '../sync-hook.ts'

declare module 'fastify' {
  interface FastifyInstance {
    /** Must be called once, after all routes are registered. */
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
 * Answers 404 for an unknown URL, and 405 with `Allow` for a method that the URL does not support. It also answers
 * OPTIONS. It runs before authentication and before the body is read. Node accepts about 35 methods, and a route for each
 * of them would slow down startup. So only methods that some route uses get a guard route. `findWrongMethod` detects the
 * others.
 */
export default fp(
  async (app) => {
    const knownUrls = new Map<string, KnownUrl>()

    app.addHook('onRoute', ({ url, method, config }) => {
      if (config && 'isMethodGuard' in config) return
      const { methods } = getOrCreate(knownUrls, url, () => ({ url, methods: new Set<string>() }))
      for (const each of [method].flat()) methods.add(each)
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
      // The log and the metrics use the matched URL.
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
      // Otherwise `DELETE /connections/{id}` would match `/connections/callback`, and the OPTIONS route of CORS would
      // match every URL.
      const usedMethods = new Set(['OPTIONS', ...[...knownUrls.values()].flatMap(({ methods }) => [...methods])])
      for (const { url, methods } of listGuardedUrls()) {
        app.route({
          method: [...usedMethods.difference(methods)] as HTTPMethods[],
          url,
          schema: { hide: true },
          config: { scope: 'public', isMethodGuard: true },
          // Runs before the body is read and parameters are validated.
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
