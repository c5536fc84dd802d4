import type { FastifyInstance, FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import type { Caller } from '#src/access-control.ts'
import { Problem } from '#src/problems.ts'
import { atOnce, atOnceSent } from '../../sync-hook.ts'
import { createBudgetShare } from './budget-share.ts'
import { createWindow, type Quota, windowSeconds } from './fixed-window.ts'
import { type Allowance, policyField, remainderField } from './ratelimit-headers.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** What the client may still do; null where nothing is counted. */
    quota: Quota | null
  }
}

const hour = 3600

/** Of the vendor's cap a part is never spent. */
const spendable = 0.95

export interface ClientLimitOptions {
  /** Requests a minute; null: any number. */
  limit: number | null
  /** Of what is left of the tenant's hour, the part that one client may draw while there are others; 1: all of it. */
  budgetShare: number
  now: () => Date
}

/** Each client's own allowance, and what is left of the tenant's hour upstream, said in every reply to it. */
export default fp<ClientLimitOptions>(
  async (app, { limit, budgetShare, now }) => {
    const clock = () => now().getTime()
    const window = limit === null ? null : createWindow(limit, clock)
    const shares = createBudgetShare(budgetShare, clock)
    app.decorateRequest('quota', null)

    app.addHook(
      'onRequest',
      atOnce((request) => {
        const { caller } = request
        if (!caller) return
        const client = nameOf(caller)
        if (request.trace) request.trace.countDraw = () => shares.note(client)
        const quota = window?.take(client) ?? null
        request.quota = quota
        if (quota?.isExceeded) {
          app.metrics.rateLimited('client')
          throw new Problem('rate-limited', { retryAfter: quota.resetsIn })
        }
        if (isAlwaysDrawing(request)) refuseSpent(request)
      }),
    )
    app.addHook(
      'preHandler',
      atOnce((request) => {
        if (!isAlwaysDrawing(request) && namesProperty(request)) refuseSpent(request)
      }),
    )

    const refuseSpent = (request: FastifyRequest): void => {
      const share = readShare(request)
      if (share?.left === 0) refuseDraw(share)
    }

    const refuseDraw = ({ resetsIn }: Allowance): never => {
      app.metrics.rateLimited('budget-share')
      const part = budgetShare === 0.5 ? 'half' : `${Math.round(budgetShare * 100)} %`
      const detail = `This client has drawn ${part} of the calls that were left of the tenant's hour.`
      throw new Problem('rate-limited', { detail, retryAfter: resetsIn })
    }

    /**
     * Null: the route asks nothing of Spacio, or the client may draw all that is left, or nothing is left to protect: then
     * calls are refused upstream, and what is cached can still be read.
     */
    const readShare = ({ caller, route }: FastifyRequest): Allowance | null => {
      if (!caller || budgetShare === 1 || !route.config.upstreams?.includes('spacio')) return null
      const hour = app.hasOtherClients(caller) ? upstreamHour(caller.tenant) : null
      if (!hour || hour.left === 0) return null
      return shares.read(nameOf(caller), { limit: hour.limit, used: hour.limit - hour.left })
    }

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
      atOnceSent((request, reply, payload) => {
        const { caller, quota, route } = request
        if (!caller) return payload
        const ofClient = quota && { name: 'client', seconds: windowSeconds, ...quota }
        const ofHour = route.config.upstreams?.includes('spacio') ? upstreamHour(caller.tenant) : null
        const allowances = [ofClient, ofHour, readShare(request)].filter((each) => each !== null)
        if (allowances.length > 0) {
          reply.header('ratelimit-policy', policyField(allowances)).header('ratelimit', remainderField(allowances))
        }
        return payload
      }),
    )
  },
  { name: 'rate-limit-by-client', dependencies: ['authentication'] },
)

/** Other routes ask LionDesk, and Spacio only for a property that the body names: writes must not wait for its hour. */
const isAlwaysDrawing = ({ route }: FastifyRequest): boolean => route.config.upstreams?.length === 1

const namesProperty = ({ body }: FastifyRequest): boolean =>
  (body as { fromSid?: unknown } | null | undefined)?.fromSid !== undefined

const nameOf = ({ tenant, client }: Caller): string => `${tenant} ${client}`

/** Null: the tenant was taken out of the configuration while the request was on its way. */
const usageOf = ({ gateway }: FastifyInstance, tenant: string) => {
  try {
    return gateway.usageOf(tenant)
  } catch {
    return null
  }
}
