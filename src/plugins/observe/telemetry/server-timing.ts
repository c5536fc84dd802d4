import type { FastifyReply, FastifyRequest } from 'fastify'
import type { RequestContext } from '#src/gateway/request-context.ts'
import type { CacheOutcome } from '#src/upstream-observer.ts'

/** How the cache served a request; null if the response contains no cacheable result. */
export const getCacheOutcome = (call: RequestContext | undefined): CacheOutcome | null =>
  call?.requestCache.result?.source.kind ?? null

/**
 * Returns the `Server-Timing` header, or null. Errors have none, because the duration would reveal which objects exist.
 * @see https://www.w3.org/TR/server-timing/
 */
export const formatServerTiming = (
  { caller, requestContext, trace }: FastifyRequest,
  reply: FastifyReply,
): string | null => {
  if (!caller || !trace || reply.statusCode >= 400) return null
  const upstream = trace.getUpstreamMs()
  const cache = getCacheOutcome(requestContext)
  const upstreamPart = upstream > 0 ? `upstream;dur=${upstream.toFixed(1)}, ` : ''
  const cachePart = cache ? `cache;desc=${cache}, ` : ''
  return `${upstreamPart}${cachePart}total;dur=${reply.elapsedTime.toFixed(1)}`
}
