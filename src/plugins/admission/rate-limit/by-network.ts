import fp from 'fastify-plugin'
import { Problem } from '#src/problems.ts'
import { isProbe } from '../../health-routes.ts'
import { atOnce } from '../../sync-hook.ts'
import { networkOf } from './client-network.ts'
import { createWindow } from './fixed-window.ts'

/** An office of clients behind one address is no flood. */
const clientsOfAnAddress = 10

/** Before anybody's credentials are looked at: a flood is cut where it costs least. */
export default fp<{ limit: number | null; now: () => Date }>(
  async (app, { limit, now }) => {
    if (limit === null) return
    const window = createWindow(limit * clientsOfAnAddress, () => now().getTime())
    app.addHook(
      'onRequest',
      atOnce((request) => {
        if (isProbe(request)) return
        const { isExceeded, resetsIn } = window.take(networkOf(request.ip))
        if (!isExceeded) return
        app.metrics.rateLimited('address')
        throw new Problem('rate-limited', {
          detail: 'Your network address sent too many requests.',
          retryAfter: resetsIn,
        })
      }),
    )
  },
  { name: 'rate-limit-by-address' },
)
