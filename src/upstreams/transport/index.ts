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

export interface TransportMetrics extends CallMetrics {
  system: System
  breakers: PerClass<BreakerMetrics>[]
  bulkheads: PerClass<BulkheadMetrics>[]
}

/** The one way out of the house. */
export interface Transport {
  readonly send: Send
  /** Of each upstream, as one tenant met it. */
  getMetrics(tenant: string): TransportMetrics[]
  /** Of an API key, whichever tenants use it: calls of this hour, and all that is known of it. */
  getUsed(quota: HourlyQuota): number
  getBudget(quota: HourlyQuota): BudgetMetrics
  close(): Promise<void>
}

export interface TransportOptions {
  /** Where replicas share the hourly budget; by default this process shares with nobody. */
  ledger?: BudgetLedger
  /** How many replicas there may be; null: nobody knows, and without the ledger no counted call is made. */
  maxReplicas?: number | null
  now?: () => Date
  /** Milliseconds on a clock that is never set; by default `now` if it is given, as tests set both together. */
  monotonic?: () => number
  /** At least 0, less than 1. */
  random?: () => number
  observer?: UpstreamObserver
  /** What becomes of the limits of a class, where nobody can wait as long as they allow. */
  adjustLimits?: (limits: CallLimits) => CallLimits
  /** How long a connection may take to come about. */
  connectTimeoutMs?: number
  /** Makes clients that go through forward proxies. */
  proxy?: CreateProxiedClient | null
}

const withAdjustedLimits =
  (adjustLimits: (limits: CallLimits) => CallLimits): Middleware =>
  (next) =>
  (request, signal) =>
    next({ ...request, limits: adjustLimits(request.limits) }, signal)

export const createTransport = (options: TransportOptions = {}): Transport => {
  const { maxReplicas = null, random = Math.random } = options
  const now = () => (options.now?.() ?? new Date()).getTime()
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
    // The retry outermost, so that breaker and budget count each attempt; the bulkhead before the breaker, so that a
    // crowd does not probe; the budget last, so that a refused call costs nothing.
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
