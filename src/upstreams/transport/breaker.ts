import { createKeyed } from '#src/lib/keyed-state.ts'
import { type CircuitState, createCircuit, type Outcome } from './circuit.ts'
import { hasLeft, isAnswer, isFailure, refusalOf } from './errors.ts'
import type { Gate } from './types.ts'

export interface BreakerFigures {
  state: CircuitState
  /** Seconds until a call is let through to see whether it is well again; null: calls are made. */
  retryAfter: number | null
}

export interface BreakerOptions {
  now: () => number
  random: () => number
}

/** Spares an upstream that fails, and its callers the wait. */
export const createBreaker = ({ now, random }: BreakerOptions) => {
  const circuitOf = createKeyed(() => createCircuit(now, random))

  const breaker: Gate = {
    enter: (request, signal) => {
      const circuit = circuitOf(request.tenant, request.system, request.limits.name)
      const settle = circuit.admit()
      if (!settle) throw refusalOf(request, 'upstream-unavailable', circuit.remaining())
      return (failure) => settle(failure ? outcomeOf(failure.error, signal) : 'success')
    },
  }

  const figures = (tenant: string, system: string, name: string): BreakerFigures => {
    const circuit = circuitOf(tenant, system, name)
    const remaining = circuit.remaining()
    return { state: circuit.state(), retryAfter: remaining > 0 ? Math.ceil(remaining / 1000) : null }
  }

  return { breaker, figures }
}

/** A refusal of our own, a defect of ours and a caller who left say nothing of the upstream. */
const outcomeOf = (error: unknown, signal: AbortSignal): Outcome => {
  if (hasLeft(signal)) return 'neither'
  if (isFailure(error)) return 'failure'
  return isAnswer(error) ? 'success' : 'neither'
}
