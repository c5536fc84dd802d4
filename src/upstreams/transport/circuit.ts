import { createSlidingWindowCounter } from '#src/lib/sliding-window-counter.ts'

export type CircuitState = 'closed' | 'open' | 'half-open'

/** The result of a call; `neither` says nothing about the upstream's health. */
export type CircuitOutcome = 'success' | 'failure' | 'neither'

const maxConsecutiveFailures = 5
const countWindowMs = 30_000
const minCalls = 10
const maxFailureRatio = 0.5
const minPauseMs = 10_000
const maxPauseMs = 120_000
/** The pause varies by this ratio, so that replicas do not probe at the same time. */
const jitterRatio = 0.2

/**
 * Opens after failures, probes with one call after a pause, and closes if the probe succeeds. Not from cockatiel,
 * because it needs an exact clock.
 */
export const createCircuit = (now: () => number, random: () => number) => {
  const calls = createSlidingWindowCounter(countWindowMs, now)
  const failures = createSlidingWindowCounter(countWindowMs, now)
  let consecutiveFailures = 0
  let pauseMs = minPauseMs
  let openPeriod: { since: number; length: number } | null = null
  let isProbing = false
  /** Results of calls from before the last state change are ignored. */
  let generation = 0

  /** Zero if the clock was set back: an extra call is better than a pause of hours. */
  const getRemainingMs = (): number => {
    const elapsedMs = openPeriod ? now() - openPeriod.since : 0
    return openPeriod && elapsedMs >= 0 ? Math.max(0, openPeriod.length - elapsedMs) : 0
  }

  const openCircuit = (durationMs: number): void => {
    openPeriod = { since: now(), length: durationMs * (1 - jitterRatio + 2 * jitterRatio * random()) }
    pauseMs = Math.min(maxPauseMs, 2 * durationMs)
    isProbing = false
    generation += 1
  }

  const closeCircuit = (): void => {
    openPeriod = null
    isProbing = false
    pauseMs = minPauseMs
    consecutiveFailures = 0
    calls.clear()
    failures.clear()
    generation += 1
  }

  const recordOutcome = (outcome: CircuitOutcome): void => {
    if (outcome === 'neither') return
    calls.add()
    consecutiveFailures = outcome === 'failure' ? consecutiveFailures + 1 : 0
    if (outcome === 'success') return
    failures.add()
    const total = calls.count()
    const isOverRatio = total >= minCalls && failures.count() >= maxFailureRatio * total
    if (consecutiveFailures >= maxConsecutiveFailures || isOverRatio) openCircuit(pauseMs)
  }

  const endProbe = (outcome: CircuitOutcome): void => {
    if (outcome === 'success') closeCircuit()
    else if (outcome === 'failure') openCircuit(pauseMs)
    else {
      isProbing = false
      generation += 1
    }
  }

  return {
    /** Returns null if the call must not be made, else the function that records its result. */
    admit: (): ((outcome: CircuitOutcome) => void) | null => {
      if (isProbing || getRemainingMs() > 0) return null
      isProbing = openPeriod !== null
      if (isProbing) generation += 1
      const [admittedGeneration, settle] = [generation, isProbing ? endProbe : recordOutcome]
      return (outcome) => {
        if (admittedGeneration === generation) settle(outcome)
      }
    },
    getState: (): CircuitState => (!openPeriod ? 'closed' : getRemainingMs() > 0 ? 'open' : 'half-open'),
    /** Milliseconds until the next probe. */
    getRemainingMs,
  }
}
