import fp from 'fastify-plugin'
import { Problem } from '#src/problems.ts'
import { atOnce } from '../at-once.ts'
import { classOf } from './classes.ts'
import { comeBackAfter, type SheddingOptions, usualMost } from './index.ts'

export type FairSharesOptions = Pick<SheddingOptions, 'most'> & {
  /** How many tenants there are. */
  tenants: () => number
}

/**
 * A tenant may have as many requests in flight as there are places left: one that floods the house has half of it, and the
 * others find room. Calls upstream are bounded by tenant anyway, but not the requests that wait for one and the same.
 */
export default fp<FairSharesOptions>(
  async (app, { most = usualMost, tenants }) => {
    const working = new Map<string, Set<object>>()
    let admitted = 0

    const workOf = (tenant: string): Set<object> => {
      const known = working.get(tenant) ?? new Set()
      working.set(tenant, known)
      return known
    }

    app.addHook(
      'onRequest',
      atOnce((request) => {
        const { caller, method, route } = request
        if (!caller || tenants() < 2) return
        const mine = workOf(caller.tenant)
        if (mine.size >= most - admitted) {
          const { config, schema } = route
          app.metrics.shed(classOf({ method, config, schema }))
          throw new Problem('overloaded', { retryAfter: comeBackAfter })
        }
        mine.add(request)
        admitted += 1
        const { leave } = request
        request.leave = () => {
          if (mine.delete(request)) admitted -= 1
          leave()
        }
      }),
    )
  },
  { name: 'fair-shares', dependencies: ['shedding', 'authentication'] },
)
