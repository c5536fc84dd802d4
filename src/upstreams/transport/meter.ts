import { createHistogram, type RecordableHistogram } from 'node:perf_hooks'
import type { Policy, System } from './types.ts'

export interface CallFigures {
  system: System
  calls: number
  failures: number
  /** Milliseconds; null before the first call. */
  p50: number | null
  p99: number | null
}

interface Meter {
  calls: number
  failures: number
  microseconds: RecordableHistogram
}

/** Counts calls and their times, an upstream. */
export const createMeter = () => {
  const meters: Record<System, Meter> = { spacio: newMeter(), liondesk: newMeter() }

  const measure: Policy = (next) => async (request, signal) => {
    const meter = meters[request.system]
    const began = performance.now()
    meter.calls += 1
    try {
      const reply = await next(request, signal)
      if (reply.status >= 500) meter.failures += 1
      return reply
    } catch (error) {
      if (!signal.aborted) meter.failures += 1
      throw error
    } finally {
      meter.microseconds.record(Math.max(1, Math.round((performance.now() - began) * 1000)))
    }
  }

  const figures = (): CallFigures[] =>
    (Object.keys(meters) as System[]).map((system) => {
      const { calls, failures, microseconds } = meters[system]
      const at = (percentile: number) => (calls === 0 ? null : microseconds.percentile(percentile) / 1000)
      return { system, calls, failures, p50: at(50), p99: at(99) }
    })

  return { measure, figures }
}

const newMeter = (): Meter => ({ calls: 0, failures: 0, microseconds: createHistogram() })
