import fp from 'fastify-plugin'
import { Problem } from '#src/problems.ts'
import { isProbe } from '../../is-probe.ts'
import { syncHook } from '../../sync-hook.ts'
import { toClientNetwork } from './client-network.ts'
import { createFixedWindow } from './fixed-window.ts'

/** Several clients, such as an office, may share an address. */
const clientsPerAddress = 10

/** Limits the requests of each client network. It runs before authentication, so that a flood costs little. */
export default fp<{ limit: number | null; nowMs: () => number }>(
  async (app, { limit, nowMs }) => {
    if (limit === null) return
    const window = createFixedWindow(limit * clientsPerAddress, nowMs)
    app.addHook(
      'onRequest',
      syncHook((request) => {
        if (isProbe(request)) return
        const { isExceeded, resetSeconds } = window.take(toClientNetwork(request.ip))
        if (!isExceeded) return
        app.metrics.recordRateLimited('address')
        throw new Problem('rate-limited', {
          detail: 'Your network address sent too many requests.',
          retryAfter: resetSeconds,
        })
      }),
    )
  },
  { name: 'rate-limit-by-network', dependencies: ['telemetry'] },
)
