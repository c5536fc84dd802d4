import type { WorkClass } from './priority-classes.ts'

/** The longest that a request may wait, as long as queues are sometimes short. */
const calmMaxWaitMs = 3_000

/** The longest that a request may wait in a standing queue: what is refused first waits the shortest. */
const standingMaxWaitMs: Readonly<Record<WorkClass, number>> = {
  report: 400,
  list: 600,
  read: 800,
  write: 1_000,
}

const targetWaitMs = 1_000
const intervalMs = 1_000

/**
 * Tells a burst from overload, as CoDel does (RFC 8289): in a burst the queue is long for a moment, under overload even
 * the shortest wait of an interval is above a target. Then requests that have waited too long are refused, so that those
 * that are answered are answered in time, and the process is never idle while requests wait.
 */
export const createStandingWait = (now: () => number) => {
  let shortest = Number.POSITIVE_INFINITY
  let intervalEnd = now() + intervalMs
  let isStanding = false

  return {
    /** Takes account of how long a request waited, or has waited so far. */
    record: (waitMs: number): void => {
      shortest = Math.min(shortest, waitMs)
      if (now() < intervalEnd) return
      isStanding = shortest > targetWaitMs
      shortest = Number.POSITIVE_INFINITY
      intervalEnd = now() + intervalMs
    },
    getMaxWaitMs: (workClass: WorkClass): number => (isStanding ? standingMaxWaitMs[workClass] : calmMaxWaitMs),
  }
}

export type StandingWait = ReturnType<typeof createStandingWait>
