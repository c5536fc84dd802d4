import { setTimeout as wait } from 'node:timers/promises'
import fp from 'fastify-plugin'
import { syncOnSend } from '../sync-hook.ts'

declare module 'fastify' {
  interface FastifyInstance {
    isStopping(): boolean
    /** Shuts down gracefully. Resolves when all requests in progress are complete. */
    stop(): Promise<void>
  }
}

export interface StoppingOptions {
  /**
   * Milliseconds in which the gateway still accepts requests, so that load balancers notice the failing readiness
   * check.
   */
  noticeMs?: number
}

const sweepIntervalMs = 50

/** Provides graceful shutdown: it ends live feeds, waits for load balancers, and then closes the server. */
export default fp<StoppingOptions>(
  async (app, { noticeMs = 1_000 }) => {
    let isStopping = false

    const stop = async (): Promise<void> => {
      isStopping = true
      app.gateway.feed.close()
      await wait(noticeMs)
      // `close` would wait for idle keep-alive connections.
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
