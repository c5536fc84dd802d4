import { type UpstreamObserver, unobserved } from '#src/upstream-observer.ts'
import { type BreakerFigures, createBreaker } from './breaker.ts'
import { createLocalLedger, type Ledger } from './budget-ledger.ts'
import { type BulkheadFigures, createBulkhead } from './bulkhead.ts'
import { type CallFigures, createMeter } from './call-metrics.ts'
import { stack } from './compose.ts'
import { deadline } from './deadline.ts'
import { createAttempts } from './dispatch.ts'
import { type BudgetFigures, createHourlyBudget } from './hourly-budget.ts'
import { connectMs as defaultConnectMs, limits } from './limits.ts'
import { createObservation } from './observe.ts'
import type { CreateProxiedClient } from './proxy.ts'
import { createRetry } from './retry.ts'
import type { CallLimits, Policy, Quota, Send, System } from './types.ts'

export type { BudgetFigures } from './hourly-budget.ts'
export { loadProxy } from './proxy.ts'

type OfClass<Figures> = Figures & { class: string }

export interface TransportFigures extends CallFigures {
  system: System
  breakers: OfClass<BreakerFigures>[]
  bulkheads: OfClass<BulkheadFigures>[]
}

/** The one way out of the house. */
export interface Transport {
  readonly send: Send
  /** Of each upstream, as one tenant met it. */
  figures(tenant: string): TransportFigures[]
  /** Of an API key, whichever tenants use it: calls of this hour, and all that is known of it. */
  used(quota: Quota): number
  budget(quota: Quota): BudgetFigures
  close(): Promise<void>
}

export interface TransportOptions {
  /** Where replicas share the hourly budget; by default this process shares with nobody. */
  ledger?: Ledger
  /** How many replicas there may be; null: nobody knows, and without the ledger no counted call is made. */
  maxReplicas?: number | null
  now?: () => Date
  /** Milliseconds on a clock that is never set; by default `now` if it is given, as tests set both together. */
  monotonic?: () => number
  /** At least 0, less than 1. */
  random?: () => number
  observer?: UpstreamObserver
  /** What becomes of the limits of a class, where nobody can wait as long as they allow. */
  adjust?: (limits: CallLimits) => CallLimits
  /** How long a connection may take to come about. */
  connectMs?: number
  /** Makes clients that go through forward proxies. */
  proxy?: CreateProxiedClient | null
}

const adjusted =
  (adjust: (limits: CallLimits) => CallLimits): Policy =>
  (next) =>
  (request, signal) =>
    next({ ...request, limits: adjust(request.limits) }, signal)

export const createTransport = (options: TransportOptions = {}): Transport => {
  const { maxReplicas = null, random = Math.random } = options
  const now = () => (options.now?.() ?? new Date()).getTime()
  const monotonic = options.monotonic ?? (options.now ? now : () => performance.now())
  const attempts = createAttempts({
    connectMs: options.connectMs ?? defaultConnectMs,
    proxy: options.proxy ?? null,
    monotonic,
  })
  const { measure, figures: callsOf } = createMeter()
  const { breaker, figures: breakerOf } = createBreaker({ now, random })
  const { bulkhead, figures: bulkheadOf } = createBulkhead()
  const ledger = options.ledger ?? createLocalLedger(now)
  const budgets = createHourlyBudget({ ledger, maxReplicas, now, monotonic, startedAt: monotonic() })
  const retry = createRetry({ now, random })
  const { observeCall, observeAttempt } = createObservation(options.observer ?? unobserved)
  const adjustment = options.adjust ? [adjusted(options.adjust)] : []

  return {
    // The retry outermost, so that breaker and budget count each attempt; the bulkhead before the breaker, so that a
    // crowd does not probe; the budget last, so that a refused call costs nothing.
    send: stack(
      [...adjustment, observeCall, deadline, retry, bulkhead, breaker, budgets.hourlyBudget, measure, observeAttempt],
      attempts.send,
    ),
    figures: (tenant) =>
      (['spacio', 'liondesk'] as const).map((system) => ({
        system,
        ...callsOf(tenant, system),
        breakers: classesOf(system).map((name) => ({ class: name, ...breakerOf(tenant, system, name) })),
        bulkheads: classesOf(system).map((name) => ({ class: name, ...bulkheadOf(tenant, system, name) })),
      })),
    used: budgets.used,
    budget: budgets.figures,
    close: () => {
      budgets.close()
      return attempts.close()
    },
  }
}

const classesOf = (system: System): string[] =>
  Object.values(limits).flatMap((each) => (each.system === system ? [each.name] : []))
