import { createHistogram } from 'node:perf_hooks'
import { createKeyedState } from '#src/lib/keyed-state.ts'
import { isClientGone, isFailure } from './errors.ts'
import type { Guard } from './types.ts'

export interface CallMetrics {
  calls: number
  failures: number
  /** Milliseconds; null before the first call. */
  p50: number | null
  p99: number | null
}

/** Counts attempts and their durations by tenant and upstream. */
export const createCallMetrics = () => {
  const getMeter = createKeyedState(() => ({ calls: 0, failures: 0, microseconds: createHistogram() }))

  const measure: Guard = {
    acquire: ({ tenant, system }, signal) => {
      const meter = getMeter(tenant, system)
      const startedAtMs = performance.now()
      meter.calls += 1
      return (failure) => {
        if (failure && isFailure(failure.error) && !isClientGone(signal)) meter.failures += 1
        meter.microseconds.record(Math.max(1, Math.round((performance.now() - startedAtMs) * 1000)))
      }
    },
  }

  const getMetrics = (tenant: string, system: string): CallMetrics => {
    const { calls, failures, microseconds } = getMeter(tenant, system)
    const getPercentileMs = (percentile: number) => (calls === 0 ? null : microseconds.percentile(percentile) / 1000)
    return { calls, failures, p50: getPercentileMs(50), p99: getPercentileMs(99) }
  }

  return { measure, getMetrics }
}
