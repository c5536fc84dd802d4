import type { FastifyRequest, RouteOptions } from 'fastify'
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
    /** A ticket in the query stands in for credentials: browsers' EventSource can send no header. */
    takesTicket?: boolean
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

    app.addHook('onRequest', async (request, reply) => {
      const { scope, takesTicket } = request.routeOptions.config
      if (scope === undefined || scope === 'public') return
      const caller = takesTicket ? (callerOfTicket(request) ?? localCaller) : localCaller
      requireScope(caller, scope)
      request.caller = caller
      // What is not public is somebody's: no cache between may keep it.
      reply.header('cache-control', 'no-store')
    })

    app.addHook('preHandler', async ({ caller, query }) => {
      if (caller && (query as { include?: string }).include === 'source') requireScope(caller, 'source:read')
    })
  },
  { name: 'authentication' },
)

const callerOfTicket = ({ server, query }: FastifyRequest): Caller | null => {
  const { ticket } = query as { ticket?: unknown }
  return typeof ticket === 'string' ? server.gateway.feed.redeem(ticket) : null
}
