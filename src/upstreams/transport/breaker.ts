import { createKeyedState } from '#src/lib/keyed-state.ts'
import { type CircuitOutcome, type CircuitState, createCircuit } from './circuit.ts'
import { createRejection, isClientGone, isFailure, isUpstreamAnswer } from './errors.ts'
import type { Guard } from './types.ts'

export interface BreakerMetrics {
  state: CircuitState
  /** Seconds until the next probe; null while the circuit is closed. */
  retryAfter: number | null
}

interface BreakerOptions {
  now: () => number
  random: () => number
}

/** Rejects calls to a failing upstream without waiting for it. */
export const createBreaker = ({ now, random }: BreakerOptions) => {
  const getCircuit = createKeyedState(() => createCircuit(now, random))

  const breaker: Guard = {
    acquire: (request, signal) => {
      const circuit = getCircuit(request.tenant, request.system, request.limits.name)
      const settle = circuit.admit()
      if (!settle) throw createRejection(request, 'upstream-unavailable', circuit.getRemainingMs())
      return (failure) => settle(failure ? toCircuitOutcome(failure.error, signal) : 'success')
    },
  }

  const getMetrics = (tenant: string, system: string, name: string): BreakerMetrics => {
    const circuit = getCircuit(tenant, system, name)
    const remainingMs = circuit.getRemainingMs()
    return { state: circuit.getState(), retryAfter: remainingMs > 0 ? Math.ceil(remainingMs / 1000) : null }
  }

  return { breaker, getMetrics }
}

/** Rejections and defects of the gateway, and client disconnects, do not reflect the health of the upstream. */
const toCircuitOutcome = (error: unknown, signal: AbortSignal): CircuitOutcome => {
  if (isClientGone(signal)) return 'neither'
  if (isFailure(error)) return 'failure'
  return isUpstreamAnswer(error) ? 'success' : 'neither'
}
