import { Counter, Gauge, type Registry } from '@prometheus-io/client'
import type { UpstreamStatus } from '#src/upstreams/index.ts'
import { mappingTables } from '#src/upstreams/index.ts'

/** The state to report at a scrape. */
export interface GaugeState {
  tenants: readonly { tenant: string; upstreams: readonly UpstreamStatus[] }[]
  listeners: number
  inFlight: number
  isStoreUp: boolean
  waiting: number
}

const breakerStates = { closed: 0, 'half-open': 1, open: 2 } as const

/** Mirrors the state of other components, which it reads only at a scrape. */
export const createStateGauges = (registry: Registry) => {
  const registers = [registry]
  const gauge = <Label extends string>(name: string, help: string, ...labelNames: Label[]) =>
    new Gauge({ name: `foyer_${name}`, help, labelNames, registers })
  const upstreamLabels = ['tenant', 'system', 'class'] as const

  const breakers = gauge(
    'breaker_state',
    'State of the circuit breaker. 0: closed, 1: half open, 2: open, no calls are made.',
    ...upstreamLabels,
  )
  const inFlight = gauge('bulkhead_in_flight', 'Upstream calls in progress.', ...upstreamLabels)
  const queued = gauge('bulkhead_queued', 'Upstream calls in the queue.', ...upstreamLabels)
  const cap = gauge('spacio_budget_cap', 'Calls per hour that Spacio allows the key.', 'tenant')
  const limit = gauge('spacio_budget_limit', 'Maximum number of calls per hour that the gateway makes.', 'tenant')
  const used = gauge('spacio_budget_used', 'Calls in this UTC hour by all replicas.', 'tenant')
  const listeners = gauge('feed_listeners', 'Open live feeds.')
  const requests = gauge('http_requests_in_flight', 'Requests in progress.')
  const storeUp = gauge('store_up', 'Result of the last operation on the store. 1: it succeeded, 0: it failed.')
  const waiting = gauge('http_requests_waiting', 'Requests in the queue.')
  const drift = new Counter({
    name: 'foyer_drift_total',
    help: 'Unreadable wire values, and wire fields that no mapping table names.',
    labelNames: ['system', 'resource', 'field', 'kind'],
    registers,
  })

  const mirrorUpstream = (tenant: string, { system, budget, ...status }: UpstreamStatus): void => {
    for (const { class: name, state } of status.breakers) {
      breakers.set({ tenant, system, class: name }, breakerStates[state])
    }
    for (const bulkhead of status.bulkheads) {
      inFlight.set({ tenant, system, class: bulkhead.class }, bulkhead.inFlight)
      queued.set({ tenant, system, class: bulkhead.class }, bulkhead.queued)
    }
    for (const { resource, field, kind, count } of status.drift) {
      drift.inc({ system, resource, field: toFieldLabel(resource, field), kind }, count)
    }
    if (!budget) return
    cap.set({ tenant }, budget.cap)
    limit.set({ tenant }, budget.limit)
    used.set({ tenant }, budget.used)
  }

  return {
    mirror: (state: GaugeState): void => {
      // Otherwise removed tenants would remain.
      for (const metric of [breakers, inFlight, queued, cap, limit, used, drift]) metric.reset()
      listeners.set(state.listeners)
      requests.set(state.inFlight)
      storeUp.set(state.isStoreUp ? 1 : 0)
      waiting.set(state.waiting)
      for (const { tenant, upstreams } of state.tenants) {
        for (const status of upstreams) mirrorUpstream(tenant, status)
      }
    },
  }
}

const knownFields = new Set(mappingTables.flatMap(({ name, fields }) => fields.map(({ from }) => `${name} ${from}`)))

/** Fields without a mapping could have any name and would create any number of series. `GET /upstreams` lists them. */
const toFieldLabel = (resource: string, field: string): string =>
  field === '(record)' || knownFields.has(`${resource} ${field}`) ? field : '(other)'
