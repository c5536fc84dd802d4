import type { FastifyReply, FastifyRequest } from 'fastify'
import { getCacheOutcome } from './cache-outcome.ts'

/**
 * Where the time went, for the developer of a frontend. Null: it is nobody's business. A refusal says nothing of it:
 * whether an upstream was asked would tell what exists from what does not.
 */
export const formatServerTiming = (
  { caller, requestContext, trace }: FastifyRequest,
  reply: FastifyReply,
): string | null => {
  if (!caller || !trace || reply.statusCode >= 400) return null
  const upstream = trace.getUpstreamMs()
  const cache = getCacheOutcome(requestContext)
  return [
    ...(upstream > 0 ? [`upstream;dur=${upstream.toFixed(1)}`] : []),
    ...(cache ? [`cache;desc=${cache}`] : []),
    `total;dur=${reply.elapsedTime.toFixed(1)}`,
  ].join(', ')
}
