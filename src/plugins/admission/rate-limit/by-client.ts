import type { FastifyInstance, FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import type { Caller } from '#src/access-control.ts'
import { Problem } from '#src/problems.ts'
import { syncHook, syncOnSend } from '../../sync-hook.ts'
import { createBudgetShare } from './budget-share.ts'
import { createFixedWindow, type RateLimitState, windowSeconds } from './fixed-window.ts'
import { type Allowance, formatPolicy, formatRemaining } from './ratelimit-headers.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** What the client may still do; null where nothing is counted. */
    rateLimitState: RateLimitState | null
  }
}

const hourSeconds = 3600

/** Of the vendor's cap a part is never spent. */
const spendableShare = 0.95

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
    const window = limit === null ? null : createFixedWindow(limit, clock)
    const shares = createBudgetShare(budgetShare, clock)
    app.decorateRequest('rateLimitState', null)

    app.addHook(
      'onRequest',
      syncHook((request) => {
        const { caller } = request
        if (!caller) return
        const client = toClientKey(caller)
        if (request.trace) request.trace.recordDraw = () => shares.record(client)
        const quota = window?.take(client) ?? null
        request.rateLimitState = quota
        if (quota?.isExceeded) {
          app.metrics.recordRateLimited('client')
          throw new Problem('rate-limited', { retryAfter: quota.resetSeconds })
        }
        if (alwaysDrawsBudget(request)) rejectIfSpent(request)
      }),
    )
    app.addHook(
      'preHandler',
      syncHook((request) => {
        if (!alwaysDrawsBudget(request) && hasPropertyId(request)) rejectIfSpent(request)
      }),
    )

    const rejectIfSpent = (request: FastifyRequest): void => {
      const share = readShare(request)
      if (share?.remaining === 0) rejectDraw(share)
    }

    const rejectDraw = ({ resetSeconds }: Allowance): never => {
      app.metrics.recordRateLimited('budget-share')
      const part = budgetShare === 0.5 ? 'half' : `${Math.round(budgetShare * 100)} %`
      const detail = `This client has drawn ${part} of the calls that were left of the tenant's hour.`
      throw new Problem('rate-limited', { detail, retryAfter: resetSeconds })
    }

    /**
     * Null: the route asks nothing of Spacio, or the client may draw all that is left, or nothing is left to protect: then
     * calls are refused upstream, and what is cached can still be read.
     */
    const readShare = ({ caller, route }: FastifyRequest): Allowance | null => {
      if (!caller || budgetShare === 1 || !route.config.upstreams?.includes('spacio')) return null
      const hour = app.hasOtherClients(caller) ? getUpstreamHour(caller.tenant) : null
      if (!hour || hour.remaining === 0) return null
      return shares.read(toClientKey(caller), { limit: hour.limit, used: hour.limit - hour.remaining })
    }

    const getUpstreamHour = (tenant: string): Allowance | null => {
      const usage = findUsage(app, tenant)
      if (!usage) return null
      const limit = Math.floor(usage.hourlyBudget * spendableShare)
      const remaining = Math.max(0, limit - usage.usedThisHour)
      const resetSeconds = Math.ceil(hourSeconds - ((clock() / 1000) % hourSeconds))
      return { name: 'spacio-hour', limit, windowSeconds: hourSeconds, remaining, resetSeconds }
    }

    app.addHook(
      'onSend',
      syncOnSend((request, reply, payload) => {
        const { caller, rateLimitState, route } = request
        if (!caller) return payload
        const clientAllowance = rateLimitState && { name: 'client', windowSeconds, ...rateLimitState }
        const hourAllowance = route.config.upstreams?.includes('spacio') ? getUpstreamHour(caller.tenant) : null
        const allowances = [clientAllowance, hourAllowance, readShare(request)].filter((each) => each !== null)
        if (allowances.length > 0) {
          reply.header('ratelimit-policy', formatPolicy(allowances)).header('ratelimit', formatRemaining(allowances))
        }
        return payload
      }),
    )
  },
  { name: 'rate-limit-by-client', dependencies: ['request-state', 'telemetry', 'authentication'] },
)

/** Other routes ask LionDesk, and Spacio only for a property that the body names: writes must not wait for its hour. */
const alwaysDrawsBudget = ({ route }: FastifyRequest): boolean => route.config.upstreams?.length === 1

const hasPropertyId = ({ body }: FastifyRequest): boolean =>
  (body as { fromSid?: unknown } | null | undefined)?.fromSid !== undefined

const toClientKey = ({ tenant, client }: Caller): string => `${tenant} ${client}`

/** Null: the tenant was taken out of the configuration while the request was on its way. */
const findUsage = ({ gateway }: FastifyInstance, tenant: string) => {
  try {
    return gateway.getUsage(tenant)
  } catch {
    return null
  }
}
