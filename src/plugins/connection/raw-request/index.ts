import type { FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import { Problem } from '#src/problems.ts'
import { isProbe } from '../../is-probe.ts'
import { syncHook } from '../../sync-hook.ts'
import { type ConnectionTracker, createConnectionTracker } from './connections.ts'
import { validateHead } from './headers.ts'
import { validateTarget } from './target.ts'

declare module 'fastify' {
  interface FastifyInstance {
    connectionTracker: ConnectionTracker
  }
}

/**
 * Rejects requests that two parsers could interpret differently, which prevents request smuggling. It runs before any
 * plugin that uses the URL or the headers. It closes the connection and ignores further requests on it.
 */
export default fp(
  async (app) => {
    const tracker = createConnectionTracker()
    app.decorate('connectionTracker', tracker)
    app.server.prependListener('request', tracker.track)
    // Without a listener, Node answers 417 without a body.
    app.server.on('checkExpectation', (request, response) => app.server.emit('request', request, response))

    app.addHook(
      'onRequest',
      syncHook((request, reply) => {
        const { raw } = request
        const violation = tracker.isRejected(raw.socket) ? 'The connection is being closed.' : validateRequest(request)
        if (violation === null) return
        tracker.reject(raw.socket)
        reply.header('connection', 'close')
        throw new Problem('invalid-request', { detail: violation })
      }),
    )
  },
  { name: 'raw-request' },
)

const validateRequest = (request: FastifyRequest): string | null =>
  validateTarget(request.raw.url ?? '') ?? validateHead(request.raw, isProbe(request))
