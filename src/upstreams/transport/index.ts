import { toMillisecondClock } from '#src/lib/clock.ts'
import { noopObserver, type UpstreamObserver } from '#src/upstream-observer.ts'
import { type BreakerMetrics, createBreaker } from './breaker.ts'
import { type BudgetLedger, createLocalLedger } from './budget-ledger.ts'
import { type BulkheadMetrics, createBulkhead } from './bulkhead.ts'
import { type CallMetrics, createCallMetrics } from './call-metrics.ts'
import { compose } from './compose.ts'
import { withDeadline } from './deadline.ts'
import { createRequestDispatcher } from './dispatch.ts'
import { type BudgetMetrics, createHourlyBudget } from './hourly-budget.ts'
import { connectTimeoutMs as defaultConnectMs, limits } from './limits.ts'
import { createCallObservation } from './observe.ts'
import type { CreateProxiedClient } from './proxied-client-types.ts'
import { createRetry } from './retry.ts'
import type { CallLimits, HourlyQuota, Middleware, Send, System } from './types.ts'

export type { BudgetMetrics } from './hourly-budget.ts'
export { loadProxy } from './proxy.ts'

type PerClass<Figures> = Figures & { class: string }

interface TransportMetrics extends CallMetrics {
  system: System
  breakers: PerClass<BreakerMetrics>[]
  bulkheads: PerClass<BulkheadMetrics>[]
}

/** Sends all calls to the upstreams. */
export interface Transport {
  readonly send: Send
  /** Returns the metrics of each upstream for one tenant. */
  getMetrics(tenant: string): TransportMetrics[]
  /** Returns the calls of this hour with an API key, by all tenants that use it. */
  getUsed(quota: HourlyQuota): number
  getBudget(quota: HourlyQuota): BudgetMetrics
  close(): Promise<void>
}

export interface TransportOptions {
  /** The counters that replicas share. Default: counters of this process. */
  ledger?: BudgetLedger
  /** The maximum number of replicas. Null: unknown, so no counted call is made while the ledger is unavailable. */
  maxReplicas?: number | null
  now?: () => Date
  /** Milliseconds on the monotonic clock. Default: `now` if it is set, because tests set both clocks together. */
  monotonic?: () => number
  /** Returns a number from 0 to less than 1. */
  random?: () => number
  observer?: UpstreamObserver
  /** Replaces the limits of a class, for tests that cannot wait as long as they allow. */
  adjustLimits?: (limits: CallLimits) => CallLimits
  /** The maximum time to establish a connection. */
  connectTimeoutMs?: number
  /** Creates clients that use forward proxies. */
  proxy?: CreateProxiedClient | null
}

const withAdjustedLimits =
  (adjustLimits: (limits: CallLimits) => CallLimits): Middleware =>
  (next) =>
  (request, signal) =>
    next({ ...request, limits: adjustLimits(request.limits) }, signal)

export const createTransport = (options: TransportOptions = {}): Transport => {
  const { maxReplicas = null, random = Math.random } = options
  const now = toMillisecondClock(options.now)
  const monotonic = options.monotonic ?? (options.now ? now : () => performance.now())
  const dispatcher = createRequestDispatcher({
    connectTimeoutMs: options.connectTimeoutMs ?? defaultConnectMs,
    proxy: options.proxy ?? null,
    monotonic,
  })
  const { measure, getMetrics: getCallMetrics } = createCallMetrics()
  const { breaker, getMetrics: getBreakerMetrics } = createBreaker({ now, random })
  const { bulkhead, getMetrics: getBulkheadMetrics } = createBulkhead()
  const ledger = options.ledger ?? createLocalLedger(now)
  const budgets = createHourlyBudget({ ledger, maxReplicas, now, monotonic, startedAt: monotonic() })
  const retry = createRetry({ now, random })
  const { observeCall, observeAttempt } = createCallObservation(options.observer ?? noopObserver)
  const adjustmentLayers = options.adjustLimits ? [withAdjustedLimits(options.adjustLimits)] : []

  return {
    // The retry is outside the breaker and the budget, so that both count each attempt. The bulkhead is outside the breaker,
    // so that only one call probes. The budget is last, so that a rejected call does not reduce it.
    send: compose(
      [
        ...adjustmentLayers,
        observeCall,
        withDeadline,
        retry,
        bulkhead,
        breaker,
        budgets.hourlyBudget,
        measure,
        observeAttempt,
      ],
      dispatcher.send,
    ),
    getMetrics: (tenant) =>
      (['spacio', 'liondesk'] as const).map((system) => ({
        system,
        ...getCallMetrics(tenant, system),
        breakers: getClassNames(system).map((name) => ({ class: name, ...getBreakerMetrics(tenant, system, name) })),
        bulkheads: getClassNames(system).map((name) => ({ class: name, ...getBulkheadMetrics(tenant, system, name) })),
      })),
    getUsed: budgets.getUsed,
    getBudget: budgets.getMetrics,
    close: () => {
      budgets.close()
      return dispatcher.close()
    },
  }
}

const getClassNames = (system: System): string[] =>
  Object.values(limits).flatMap((each) => (each.system === system ? [each.name] : []))
