import { setTimeout as wait } from 'node:timers/promises'
import fp from 'fastify-plugin'
import { syncOnSend } from '../sync-hook.ts'

declare module 'fastify' {
  interface FastifyInstance {
    isStopping(): boolean
    /** Ends in good order: resolves when everything on its way is answered. */
    stop(): Promise<void>
  }
}

export interface StoppingOptions {
  /** Milliseconds in which requests are still taken, so that those who come learn that they should go elsewhere. */
  noticeMs?: number
}

const sweepIntervalMs = 50

export default fp<StoppingOptions>(
  async (app, { noticeMs = 1_000 }) => {
    let isStopping = false

    const stop = async (): Promise<void> => {
      isStopping = true
      app.gateway.feed.close()
      await wait(noticeMs)
      // A connection between two requests would hold the server open for as long as it is kept alive.
      const sweep = setInterval(() => app.server.closeIdleConnections(), sweepIntervalMs)
      await app.close().finally(() => clearInterval(sweep))
    }

    app.decorate('isStopping', () => isStopping)
    app.decorate('stop', stop)
    app.addHook(
      'onSend',
      syncOnSend((_request, reply, payload) => {
        if (isStopping) reply.header('connection', 'close')
        return payload
      }),
    )
  },
  { name: 'shutdown' },
)
