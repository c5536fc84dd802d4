/** How often the live feeds of one tenant may ask upstream. */
export interface PaceSettings {
  /** Milliseconds between two polls: at least, and at most. */
  floor: number
  ceiling: number
  /** Calls an hour that the upstream grants. */
  hourlyBudget: number
}

/** Of the budget, what background pollers may use up: single reads and tokens must always get through. */
const share = 0.6 * 0.95

const hour = 3_600_000

/**
 * Milliseconds until the next poll of each feed. What is left of the pollers' share is spread over what is left of
 * the UTC hour; `callsPerRound` is what one poll of every live feed costs.
 */
export const paceOf = (
  { floor, ceiling, hourlyBudget }: PaceSettings,
  { callsPerRound, usedThisHour, now }: { callsPerRound: number; usedThisHour: number; now: number },
): number => {
  const left = share * hourlyBudget - usedThisHour
  if (left <= callsPerRound) return ceiling
  const rest = hour - (now % hour)
  return Math.min(ceiling, Math.max(floor, (rest * callsPerRound) / left))
}
