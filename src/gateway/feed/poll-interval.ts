/** How often the live feeds of one tenant may ask upstream. */
export interface PaceSettings {
  /** Milliseconds between two polls: at least, and at most. */
  floor: number
  ceiling: number
}

/** Calls of this UTC hour. */
export interface HourlyUsage {
  /** What the upstream grants. */
  hourlyBudget: number
  usedThisHour: number
}

/** Of the budget, what background pollers may use up: single reads and tokens must always get through. */
const share = 0.6 * 0.95

const hour = 3_600_000

/**
 * Milliseconds until the next poll of each feed. What is left of the pollers' share is spread over what is left of
 * the UTC hour; once it is spent, the next poll waits for the next hour. `callsPerRound` is what one poll of every
 * live feed costs.
 */
export const paceOf = (
  { floor, ceiling }: PaceSettings,
  { callsPerRound, hourlyBudget, usedThisHour, now }: HourlyUsage & { callsPerRound: number; now: number },
): number => {
  const left = share * hourlyBudget - usedThisHour
  const rest = hour - (now % hour)
  if (left <= callsPerRound) return Math.max(floor, rest)
  return Math.min(ceiling, Math.max(floor, (rest * callsPerRound) / left))
}
