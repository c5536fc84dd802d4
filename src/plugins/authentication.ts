import type { RouteOptions } from 'fastify'
import fp from 'fastify-plugin'
import { type Caller, requireScope, type Scope, scopes } from '#src/gateway/call.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** Who asks; null on public routes. */
    caller: Caller | null
  }
  interface FastifyContextConfig {
    /** The scope that a caller needs; every route names one, or says `public`. */
    scope?: Scope | 'public'
  }
}

/** Until credentials are checked there is one caller, on this machine, who may do everything. */
const localCaller: Caller = { tenant: 'default', scopes: new Set(scopes) }

/** The one place where it is decided who asks, and whether the route's own scope allows it. */
export default fp(
  async (app) => {
    app.decorateRequest('caller', null)

    const routes: RouteOptions[] = []
    app.addHook('onRoute', (route) => {
      routes.push(route)
    })
    app.addHook('onReady', async () => {
      const open = routes.find(({ config }) => !config?.scope)
      if (open) throw new TypeError(`the route ${open.url} names no scope`)
    })

    app.addHook('onRequest', async (request) => {
      const { scope } = request.routeOptions.config
      if (scope === undefined || scope === 'public') return
      requireScope(localCaller, scope)
      request.caller = localCaller
    })

    app.addHook('preHandler', async ({ caller, query }) => {
      if (caller && (query as { include?: string }).include === 'source') requireScope(caller, 'source:read')
    })
  },
  { name: 'authentication' },
)
