import type { FastifyInstance } from 'fastify'
import fp from 'fastify-plugin'
import { Problem } from '#src/problems.ts'
import { atOnce, atOnceSent } from '../at-once.ts'
import { type Allowance, policyField, remainderField } from './fields.ts'
import { createWindow, type Quota, windowSeconds } from './window.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** What the client may still do; null where nothing is counted. */
    quota: Quota | null
  }
}

const hour = 3600

/** Of the vendor's cap a part is never spent. */
const spendable = 0.95

/** Each client's own allowance, and what is left of the tenant's hour upstream, said in every reply to it. */
export default fp<{ limit: number | null; now: () => Date }>(
  async (app, { limit, now }) => {
    const clock = () => now().getTime()
    const window = limit === null ? null : createWindow(limit, clock)
    app.decorateRequest('quota', null)

    app.addHook(
      'onRequest',
      atOnce((request) => {
        const { caller } = request
        if (!window || !caller) return
        const quota = window.take(`${caller.tenant} ${caller.client}`)
        request.quota = quota
        if (!quota.isExceeded) return
        app.metrics.rateLimited('client')
        throw new Problem('rate-limited', { retryAfter: quota.resetsIn })
      }),
    )

    const upstreamHour = (tenant: string): Allowance | null => {
      const usage = usageOf(app, tenant)
      if (!usage) return null
      const limit = Math.floor(usage.hourlyBudget * spendable)
      const left = Math.max(0, limit - usage.usedThisHour)
      const resetsIn = Math.ceil(hour - ((clock() / 1000) % hour))
      return { name: 'spacio-hour', limit, seconds: hour, left, resetsIn }
    }

    app.addHook(
      'onSend',
      atOnceSent(({ caller, quota, route }, reply, payload) => {
        if (!caller) return payload
        const ofClient = quota && { name: 'client', seconds: windowSeconds, ...quota }
        const ofHour = route.config.upstreams?.includes('spacio') ? upstreamHour(caller.tenant) : null
        const allowances = [ofClient, ofHour].filter((each) => each !== null)
        if (allowances.length > 0) {
          reply.header('ratelimit-policy', policyField(allowances)).header('ratelimit', remainderField(allowances))
        }
        return payload
      }),
    )
  },
  { name: 'rate-limit-by-client', dependencies: ['authentication'] },
)

/** Null: the tenant was taken out of the configuration while the request was on its way. */
const usageOf = ({ gateway }: FastifyInstance, tenant: string) => {
  try {
    return gateway.usageOf(tenant)
  } catch {
    return null
  }
}
