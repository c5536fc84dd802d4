import type { FastifyInstance, FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import type { Caller } from '#src/access-control.ts'
import { getHourRemainingMs, hourSeconds } from '#src/lib/units.ts'
import { Problem } from '#src/problems.ts'
import { getCallLimit } from '#src/upstreams/index.ts'
import { syncHook, syncOnSend } from '../../sync-hook.ts'
import { createBudgetShare } from './budget-share.ts'
import { createFixedWindow, type RateLimitState, windowSeconds } from './fixed-window.ts'
import { type Allowance, setRateLimitHeaders } from './ratelimit-headers.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** Null if requests are not counted. */
    rateLimitState: RateLimitState | null
  }
}

interface ClientLimitOptions {
  /** Requests per minute; null: no limit. */
  limit: number | null
  /** The share of the tenant's remaining hourly budget that one of several clients may use; 1: all of it. */
  budgetShare: number
  nowMs: () => number
}

/**
 * Limits the requests of each client and its share of the hourly budget, and reports both in the response headers. It
 * needs the caller, so it runs after authentication.
 */
export default fp<ClientLimitOptions>(
  async (app, { limit, budgetShare, nowMs }) => {
    const window = limit === null ? null : createFixedWindow(limit, nowMs)
    const shares = createBudgetShare(budgetShare, nowMs)
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
      const detail = `This client has used ${part} of the tenant's remaining Spacio calls in this hour.`
      throw new Problem('rate-limited', { detail, retryAfter: resetSeconds })
    }

    /**
     * Returns null if no share applies: the route does not call Spacio, the client may use the whole budget, or the
     * budget is used up. In the last case the transport rejects calls, and cached responses remain available.
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
      const limit = getCallLimit(usage.hourlyBudget, 'read')
      const remaining = Math.max(0, limit - usage.usedThisHour)
      const resetSeconds = Math.ceil(getHourRemainingMs(nowMs()) / 1000)
      return { name: 'spacio-hour', limit, windowSeconds: hourSeconds, remaining, resetSeconds }
    }

    app.addHook(
      'onSend',
      syncOnSend((request, reply, payload) => {
        const { caller, rateLimitState, route } = request
        if (!caller) return payload
        const clientAllowance = rateLimitState && { name: 'client', windowSeconds, ...rateLimitState }
        const hourAllowance = route.config.upstreams?.includes('spacio') ? getUpstreamHour(caller.tenant) : null
        setRateLimitHeaders(reply, clientAllowance, hourAllowance, readShare(request))
        return payload
      }),
    )
  },
  { name: 'rate-limit-by-client', dependencies: ['request-state', 'telemetry', 'authentication'] },
)

/** Other routes write to LionDesk and call Spacio only for `fromSid`. A write must not wait for the hourly budget. */
const alwaysDrawsBudget = ({ route }: FastifyRequest): boolean => route.config.upstreams?.length === 1

const hasPropertyId = ({ body }: FastifyRequest): boolean =>
  (body as { fromSid?: unknown } | null | undefined)?.fromSid !== undefined

const toClientKey = ({ tenant, client }: Caller): string => `${tenant} ${client}`

/** Returns null if a reload removed the tenant during the request. */
const findUsage = ({ gateway }: FastifyInstance, tenant: string) => {
  try {
    return gateway.getUsage(tenant)
  } catch {
    return null
  }
}
