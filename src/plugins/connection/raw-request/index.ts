import type { FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import { Problem } from '#src/problems.ts'
import { isProbe } from '../../health-routes.ts'
import { atOnce } from '../../sync-hook.ts'
import { type Connections, createConnections } from './connections.ts'
import { complaintOfHead } from './headers.ts'
import { complaintOfTarget } from './target.ts'

declare module 'fastify' {
  interface FastifyInstance {
    connections: Connections
  }
}

/**
 * Refuses, before anything else looks at it, what two readers could understand in two ways. A connection on which that
 * happened is closed, and whatever else came on it is not acted on.
 */
export default fp(
  async (app) => {
    const connections = createConnections()
    app.decorate('connections', connections)
    app.server.prependListener('request', connections.track)
    // Without a listener Node answers by itself, in no form of ours.
    app.server.on('checkExpectation', (request, response) => app.server.emit('request', request, response))

    app.addHook(
      'onRequest',
      atOnce((request, reply) => {
        const { raw } = request
        const complaint = connections.isRefused(raw.socket) ? 'The connection is being closed.' : complaintOf(request)
        if (complaint === null) return
        connections.refuse(raw.socket)
        reply.header('connection', 'close')
        throw new Problem('invalid-request', { detail: complaint })
      }),
    )
  },
  { name: 'guards' },
)

const complaintOf = (request: FastifyRequest): string | null =>
  complaintOfTarget(request.raw.url ?? '') ?? complaintOfHead(request.raw, isProbe(request))
