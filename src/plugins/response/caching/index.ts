import type { FastifyReply, FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import { syncOnSend } from '../../sync-hook.ts'
import { formatCacheStatus, getAgeSeconds } from './cache-status.ts'
import { getEntityTag, matchesIfNoneMatch } from './entity-tags.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /**
     * Marks an operation whose upstream responses the gateway caches. `revalidate` also allows browsers to store the
     * response.
     */
    browserCache?: 'revalidate' | 'no-store'
  }
}

/**
 * Adds `ETag`, `Cache-Status` and `Age` to JSON responses, and answers 304 if the client already has the bytes. It
 * needs the serialized payload, so it runs in `onSend`.
 */
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
        // Fastify drops the body of a HEAD response itself, after it has counted its bytes.
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

/** Only a cached response has `Age`. */
const setCacheHeaders = ({ requestContext }: FastifyRequest, reply: FastifyReply): void => {
  const served = requestContext?.requestCache.result
  if (!served) return
  reply.header('cache-status', formatCacheStatus(served))
  if (served.source.kind !== 'miss') reply.header('age', String(getAgeSeconds(served)))
}

/**
 * Browsers may store the response but must revalidate it before each use. A user who lost access or logged out of a
 * shared browser must not see stored data. Revalidation is cheap, because the gateway caches the response too.
 */
const allowBrowserCache = (reply: FastifyReply): void => {
  reply.header('cache-control', 'private, no-cache')
  const existingVary = reply.getHeader('vary')
  const varyNames = 'X-API-Key, Authorization, Accept'
  reply.header('vary', existingVary ? `${[existingVary].flat().join(', ')}, ${varyNames}` : varyNames)
}
