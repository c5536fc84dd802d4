import { getHourRemainingMs } from '#src/lib/units.ts'
import { pollBudgetShare } from '#src/upstreams/index.ts'

/** How often the live feeds of one tenant may poll the upstream. */
export interface PollIntervalSettings {
  /** Minimum and maximum milliseconds between two polls. */
  minIntervalMs: number
  maxIntervalMs: number
}

/** Calls in the current UTC hour. */
export interface HourlyUsage {
  /** The calls per hour that the upstream allows. */
  hourlyBudget: number
  usedThisHour: number
}

/**
 * Returns the milliseconds until the next poll of each feed. The remaining share of the pollers is spread over the rest
 * of the UTC hour. When it is spent, polling resumes in the next hour.
 * `callsPerRound`: what one poll of every live feed costs.
 */
export const getPollIntervalMs = (
  { minIntervalMs, maxIntervalMs }: PollIntervalSettings,
  { callsPerRound, hourlyBudget, usedThisHour, now }: HourlyUsage & { callsPerRound: number; now: number },
): number => {
  const remaining = pollBudgetShare * hourlyBudget - usedThisHour
  const restMs = getHourRemainingMs(now)
  if (remaining <= callsPerRound) return Math.max(minIntervalMs, restMs)
  return Math.min(maxIntervalMs, Math.max(minIntervalMs, (restMs * callsPerRound) / remaining))
}
