import type { WorkClass } from './priority-classes.ts'

/** Maximum wait without overload: the queue is regularly short. */
const normalMaxWaitMs = 3_000

/** Maximum wait under overload: the queue is never short. A lower class has a shorter maximum. */
const overloadMaxWaitMs: Readonly<Record<WorkClass, number>> = {
  report: 400,
  list: 600,
  read: 800,
  write: 1_000,
}

const targetWaitMs = 1_000
const intervalMs = 1_000

/**
 * Distinguishes a burst from overload, as CoDel does (RFC 8289). In a burst the queue is long only briefly. Under
 * overload even the shortest wait of an interval exceeds a target, and requests then expire earlier. The remaining
 * requests are answered in time, and the process never idles while requests wait.
 */
export const createMaxWait = (now: () => number) => {
  let shortest = Number.POSITIVE_INFINITY
  let intervalEnd = now() + intervalMs
  let isOverloaded = false

  return {
    /** Records the wait of a request that starts or still waits. */
    record: (waitMs: number): void => {
      shortest = Math.min(shortest, waitMs)
      if (now() < intervalEnd) return
      isOverloaded = shortest > targetWaitMs
      shortest = Number.POSITIVE_INFINITY
      intervalEnd = now() + intervalMs
    },
    getMaxWaitMs: (workClass: WorkClass): number => (isOverloaded ? overloadMaxWaitMs[workClass] : normalMaxWaitMs),
  }
}

export type MaxWait = ReturnType<typeof createMaxWait>
