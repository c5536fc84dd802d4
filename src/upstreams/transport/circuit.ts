import { createRolling } from '#src/lib/sliding-window-counter.ts'

export type CircuitState = 'closed' | 'open' | 'half-open'

/** How a call ended; `neither`: it says nothing of the upstream. */
export type Outcome = 'success' | 'failure' | 'neither'

const failuresInARow = 5
const windowMs = 30_000
const leastCalls = 10
const shareOfFailures = 0.5
const firstPauseMs = 10_000
const longestPauseMs = 120_000
/** Of a pause, at most, this way or that: replicas should not probe together. */
const scatter = 0.2

/** Opens after failures, lets one call probe after a pause, and closes when that succeeds. Own: it needs an exact clock. */
export const createCircuit = (now: () => number, random: () => number) => {
  const calls = createRolling(windowMs, now)
  const failures = createRolling(windowMs, now)
  let inARow = 0
  let pause = firstPauseMs
  let open: { since: number; length: number } | null = null
  let isProbing = false
  /** Calls that began before the last change tell nothing of what came after it. */
  let era = 0

  /** None is left where the clock was set back: better a call too many than a pause of hours. */
  const remaining = (): number => {
    const passed = open ? now() - open.since : 0
    return open && passed >= 0 ? Math.max(0, open.length - passed) : 0
  }

  const openFor = (length: number): void => {
    open = { since: now(), length: length * (1 - scatter + 2 * scatter * random()) }
    pause = Math.min(longestPauseMs, 2 * length)
    isProbing = false
    era += 1
  }

  const close = (): void => {
    open = null
    isProbing = false
    pause = firstPauseMs
    inARow = 0
    calls.clear()
    failures.clear()
    era += 1
  }

  const count = (outcome: Outcome): void => {
    if (outcome === 'neither') return
    calls.add()
    inARow = outcome === 'failure' ? inARow + 1 : 0
    if (outcome === 'success') return
    failures.add()
    const total = calls.count()
    const isHalf = total >= leastCalls && failures.count() >= shareOfFailures * total
    if (inARow >= failuresInARow || isHalf) openFor(pause)
  }

  const endProbe = (outcome: Outcome): void => {
    if (outcome === 'success') close()
    else if (outcome === 'failure') openFor(pause)
    else {
      isProbing = false
      era += 1
    }
  }

  return {
    /** Null: the call must not be made. Otherwise it has to be told how the call ended. */
    admit: (): ((outcome: Outcome) => void) | null => {
      if (isProbing || remaining() > 0) return null
      isProbing = open !== null
      if (isProbing) era += 1
      const [mine, settle] = [era, isProbing ? endProbe : count]
      return (outcome) => {
        if (mine === era) settle(outcome)
      }
    },
    state: (): CircuitState => (!open ? 'closed' : remaining() > 0 ? 'open' : 'half-open'),
    /** Milliseconds until a probe is let through. */
    remaining,
  }
}
