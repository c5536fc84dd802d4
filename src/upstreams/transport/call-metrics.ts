import { createHistogram } from 'node:perf_hooks'
import { createKeyed } from '#src/lib/keyed-state.ts'
import { hasLeft, isFailure } from './errors.ts'
import type { Gate } from './types.ts'

export interface CallFigures {
  calls: number
  failures: number
  /** Milliseconds; null before the first call. */
  p50: number | null
  p99: number | null
}

/** Counts attempts and their times, of a tenant and an upstream. */
export const createMeter = () => {
  const meterOf = createKeyed(() => ({ calls: 0, failures: 0, microseconds: createHistogram() }))

  const measure: Gate = {
    enter: ({ tenant, system }, signal) => {
      const meter = meterOf(tenant, system)
      const began = performance.now()
      meter.calls += 1
      return (failure) => {
        if (failure && isFailure(failure.error) && !hasLeft(signal)) meter.failures += 1
        meter.microseconds.record(Math.max(1, Math.round((performance.now() - began) * 1000)))
      }
    },
  }

  const figures = (tenant: string, system: string): CallFigures => {
    const { calls, failures, microseconds } = meterOf(tenant, system)
    const at = (percentile: number) => (calls === 0 ? null : microseconds.percentile(percentile) / 1000)
    return { calls, failures, p50: at(50), p99: at(99) }
  }

  return { measure, figures }
}
