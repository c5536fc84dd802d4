import type { FastifyReply, FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import { atOnceSent } from '../../sync-hook.ts'
import { ageOf, cacheStatusOf } from './cache-status.ts'
import { isNamedIn, tagOf } from './entity-tags.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Answers of the upstream are kept here for a while; those that tell of things a browser may keep too. */
    keeps?: 'things' | 'people'
  }
}

/** Says of whole JSON replies how fresh they are and which bytes they hold, and spares whoever has these bytes already. */
export default fp(
  async (app) => {
    app.addHook(
      'onSend',
      atOnceSent((request, reply, payload) => {
        if (!isWholeAnswer(request, reply, payload)) return payload
        const tag = tagOf(payload)
        reply.header('etag', tag)
        sayFreshness(request, reply)
        if (request.route.config.keeps === 'things') allowKeeping(reply)
        if (!isNamedIn(request.headers['if-none-match'], tag)) return payload
        reply.code(304).removeHeader('content-type')
        // Of a HEAD the framework drops the body itself, once it has counted it.
        return request.method === 'HEAD' ? payload : null
      }),
    )
  },
  { name: 'caching', dependencies: ['calls'] },
)

const isWholeAnswer = (
  { method }: FastifyRequest,
  reply: FastifyReply,
  payload: unknown,
): payload is string | Buffer => {
  if ((method !== 'GET' && method !== 'HEAD') || reply.statusCode !== 200) return false
  const isJson = String(reply.getHeader('content-type')).startsWith('application/json')
  return isJson && (typeof payload === 'string' || Buffer.isBuffer(payload))
}

/** `Age` stands only where something that was kept is served. */
const sayFreshness = ({ call }: FastifyRequest, reply: FastifyReply): void => {
  const served = call?.reading.served
  if (!served) return
  reply.header('cache-status', cacheStatusOf(served))
  if (served.way.kind !== 'miss') reply.header('age', String(ageOf(served)))
}

/**
 * Kept, but to be asked for before each use, not for a minute: whoever lost a right, or logged out of a browser that
 * others use, must not see more from its memory; and the question is cheap, as this house keeps the answer too.
 */
const allowKeeping = (reply: FastifyReply): void => {
  reply.header('cache-control', 'private, no-cache')
  const before = reply.getHeader('vary')
  const named = 'X-API-Key, Authorization, Accept'
  reply.header('vary', before ? `${[before].flat().join(', ')}, ${named}` : named)
}
