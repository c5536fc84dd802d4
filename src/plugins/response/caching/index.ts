import type { FastifyReply, FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import { syncOnSend } from '../../sync-hook.ts'
import { formatCacheStatus, getAgeSeconds } from './cache-status.ts'
import { getEntityTag, matchesIfNoneMatch } from './entity-tags.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Answers of the upstream are kept here for a while; those that tell of things a browser may keep too. */
    browserCache?: 'revalidate' | 'no-store'
  }
}

/** Says of whole JSON replies how fresh they are and which bytes they hold, and spares whoever has these bytes already. */
export default fp(
  async (app) => {
    app.addHook(
      'onSend',
      syncOnSend((request, reply, payload) => {
        if (!isCacheableReply(request, reply, payload)) return payload
        const tag = getEntityTag(payload)
        reply.header('etag', tag)
        setCacheHeaders(request, reply)
        if (request.route.config.browserCache === 'revalidate') allowBrowserCache(reply)
        if (!matchesIfNoneMatch(request.headers['if-none-match'], tag)) return payload
        reply.code(304).removeHeader('content-type')
        // Of a HEAD the framework drops the body itself, once it has counted it.
        return request.method === 'HEAD' ? payload : null
      }),
    )
  },
  { name: 'caching', dependencies: ['request-state', 'call-context'] },
)

const isCacheableReply = (
  { method }: FastifyRequest,
  reply: FastifyReply,
  payload: unknown,
): payload is string | Buffer => {
  if ((method !== 'GET' && method !== 'HEAD') || reply.statusCode !== 200) return false
  const isJson = String(reply.getHeader('content-type')).startsWith('application/json')
  return isJson && (typeof payload === 'string' || Buffer.isBuffer(payload))
}

/** `Age` stands only where something that was kept is served. */
const setCacheHeaders = ({ requestContext }: FastifyRequest, reply: FastifyReply): void => {
  const served = requestContext?.requestCache.result
  if (!served) return
  reply.header('cache-status', formatCacheStatus(served))
  if (served.source.kind !== 'miss') reply.header('age', String(getAgeSeconds(served)))
}

/**
 * Kept, but to be asked for before each use, not for a minute: whoever lost a right, or logged out of a browser that
 * others use, must not see more from its memory; and the question is cheap, as this house keeps the answer too.
 */
const allowBrowserCache = (reply: FastifyReply): void => {
  reply.header('cache-control', 'private, no-cache')
  const existingVary = reply.getHeader('vary')
  const varyNames = 'X-API-Key, Authorization, Accept'
  reply.header('vary', existingVary ? `${[existingVary].flat().join(', ')}, ${varyNames}` : varyNames)
}
