import type { FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import { type Caller, requireScope } from '#src/access-control.ts'
import { includes } from '#src/query/include.ts'
import { syncHook } from '../sync-hook.ts'

const requireRouteScope = ({ route }: FastifyRequest, caller: Caller): void => {
  const { scope } = route.config
  if (scope !== undefined && scope !== 'any' && scope !== 'public') requireScope(caller, scope)
}

const requireIncludeScopes = ({ query }: FastifyRequest, caller: Caller): void => {
  if (includes(query, 'source')) requireScope(caller, 'source:read')
  if (includes(query, 'property')) requireScope(caller, 'properties:read')
}

/** Throws `forbidden` unless the caller has every scope that the request needs. */
export const requireScopes = (request: FastifyRequest, caller: Caller): void => {
  requireRouteScope(request, caller)
  requireIncludeScopes(request, caller)
}

/**
 * Checks the scopes of the caller. It runs after the limit by client, so that a forbidden request counts against that
 * limit. `include=source` is checked after validation, which confirms its value.
 */
export default fp(
  async (app) => {
    app.addHook(
      'onRequest',
      syncHook((request) => {
        if (request.caller) requireRouteScope(request, request.caller)
      }),
    )
    app.addHook(
      'preHandler',
      syncHook((request) => {
        if (request.caller) requireIncludeScopes(request, request.caller)
      }),
    )
  },
  { name: 'authorization', dependencies: ['request-state', 'authentication'] },
)
