/** How often the live feeds of one tenant may ask upstream. */
export interface PollIntervalSettings {
  /** Milliseconds between two polls: at least, and at most. */
  minIntervalMs: number
  maxIntervalMs: number
}

/** Calls of this UTC hour. */
export interface HourlyUsage {
  /** What the upstream grants. */
  hourlyBudget: number
  usedThisHour: number
}

/** Of the budget, what background pollers may use up: single reads and tokens must always get through. */
const pollBudgetShare = 0.6 * 0.95

const hourMs = 3_600_000

/**
 * Milliseconds until the next poll of each feed. What is left of the pollers' share is spread over what is left of
 * the UTC hour; once it is spent, the next poll waits for the next hour. `callsPerRound` is what one poll of every
 * live feed costs.
 */
export const getPollIntervalMs = (
  { minIntervalMs, maxIntervalMs }: PollIntervalSettings,
  { callsPerRound, hourlyBudget, usedThisHour, now }: HourlyUsage & { callsPerRound: number; now: number },
): number => {
  const remaining = pollBudgetShare * hourlyBudget - usedThisHour
  const restMs = hourMs - (now % hourMs)
  if (remaining <= callsPerRound) return Math.max(minIntervalMs, restMs)
  return Math.min(maxIntervalMs, Math.max(minIntervalMs, (restMs * callsPerRound) / remaining))
}
