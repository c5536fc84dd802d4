import { createSlidingWindowCounter } from '#src/lib/sliding-window-counter.ts'

export type CircuitState = 'closed' | 'open' | 'half-open'

/** How a call ended; `neither`: it says nothing of the upstream. */
export type CircuitOutcome = 'success' | 'failure' | 'neither'

const maxConsecutiveFailures = 5
const countWindowMs = 30_000
const minCalls = 10
const maxFailureRatio = 0.5
const minPauseMs = 10_000
const maxPauseMs = 120_000
/** Of a pause, at most, this way or that: replicas should not probe together. */
const jitterRatio = 0.2

/** Opens after failures, lets one call probe after a pause, and closes when that succeeds. Own: it needs an exact clock. */
export const createCircuit = (now: () => number, random: () => number) => {
  const calls = createSlidingWindowCounter(countWindowMs, now)
  const failures = createSlidingWindowCounter(countWindowMs, now)
  let consecutiveFailures = 0
  let pauseMs = minPauseMs
  let openPeriod: { since: number; length: number } | null = null
  let isProbing = false
  /** Calls that began before the last change tell nothing of what came after it. */
  let generation = 0

  /** None is left where the clock was set back: better a call too many than a pause of hours. */
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
    /** Null: the call must not be made. Otherwise it has to be told how the call ended. */
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
    /** Milliseconds until a probe is let through. */
    remaining: getRemainingMs,
  }
}
