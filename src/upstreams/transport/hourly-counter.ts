import { hash } from 'node:crypto'
import { createSingleFlight } from '#src/lib/single-flight.ts'
import { withTimeout } from '#src/lib/timeout.ts'
import { getHourRemainingMs, hourMs } from '#src/lib/units.ts'
import type { BudgetLedger } from './budget-ledger.ts'
import { getBlockSize } from './budget-shares.ts'
import { createHourClock, type HourClockOptions, type HourSpan } from './hour-clock.ts'

/** The calls of one API key in one UTC hour, or in several while the clocks disagree. */
export interface HourState {
  readonly span: HourSpan
  /** Drawn by all replicas, as far as known. With several hours it is the highest count. It never decreases. */
  drawnCalls: number
  /** Drawn by this process but not used yet. */
  leasedCalls: number
  /** Calls made without the ledger, and those of them that are not yet charged to it. */
  offlineCalls: number
  unchargedCalls: number
}

/** How long a call waits for the ledger. */
const ledgerTimeoutMs = 300

/** How long a failure or a success of the ledger stays valid. */
const ledgerFreshMs = 1_000

const counterTtlMs = 2 * hourMs

/** The local copy of the shared hourly counter, and its synchronization with the ledger. */
export const createHourlyCounter = (apiKey: string, ledger: BudgetLedger, clocks: HourClockOptions) => {
  const { now, monotonic } = clocks
  const getSpan = createHourClock(clocks)
  // The ledger may be readable by others, so it contains only a digest of the key.
  const digest = hash('sha256', apiKey)
  const blockKey = `spacio blocked ${digest}`
  let currentState = createHourState(getSpan())
  // The following times are on the monotonic clock.
  let blockedUntil = Number.NEGATIVE_INFINITY
  let lastSuccessAt = Number.NEGATIVE_INFINITY
  let lastFailureAt = Number.NEGATIVE_INFINITY
  let waitingCalls = 0

  const getCurrent = (): HourState => {
    const span = getSpan()
    if (currentState.span !== span) currentState = createHourState(span, currentState)
    return currentState
  }

  const getCounterNames = ({ span }: HourState): string[] =>
    span.indices.map((index) => `spacio calls ${digest} ${new Date(index * hourMs).toISOString()}`)

  const isRecentMoment = (moment: number): boolean => monotonic() - moment < ledgerFreshMs
  const getBlockRemainingMs = (): number => Math.max(0, blockedUntil - monotonic())

  const blockLocally = (milliseconds: number): void => {
    if (milliseconds > getBlockRemainingMs()) blockedUntil = monotonic() + Math.min(hourMs, milliseconds)
  }

  const publishBlock = (): Promise<void> =>
    ledger.set(blockKey, String(now() + getBlockRemainingMs()), getBlockRemainingMs())

  const recordDrawn = (state: HourState, drawn: number): void => {
    state.drawnCalls = Math.max(state.drawnCalls, drawn)
  }

  const recordBlock = (block: string | null): void => {
    const remainingMs = Number(block ?? 0) - now()
    // Another replica's clock may be slightly ahead.
    if (remainingMs < 2 * hourMs) blockLocally(remainingMs)
  }

  /** Draws from each counter and returns the smallest grant. */
  const draw = async (state: HourState, amount: number, limit: number): Promise<number> => {
    const drawnBefore = state.drawnCalls
    const grants = await Promise.all(
      getCounterNames(state).map((counter) => ledger.draw(counter, amount, limit, counterTtlMs)),
    )
    const granted = Math.min(...grants)
    recordDrawn(state, drawnBefore + granted)
    return granted
  }

  /** Reads the ledger and restores what it has lost, for example after a restart of the store. */
  const refreshState = async (state: HourState): Promise<void> => {
    const counters = getCounterNames(state)
    const [block, ...drawn] = await Promise.all([
      ledger.get(blockKey),
      ...counters.map((counter) => ledger.getDrawn(counter)),
    ])
    recordDrawn(state, Math.max(...drawn))
    recordBlock(block)
    const laggingCounters = counters.filter((_, at) => (drawn[at] ?? 0) < state.drawnCalls)
    await Promise.all([
      ...laggingCounters.map((counter) => ledger.draw(counter, state.drawnCalls, state.drawnCalls, counterTtlMs)),
      ...(block === null && getBlockRemainingMs() > 0 ? [publishBlock()] : []),
    ])
  }

  /** Charges the calls that were made without the ledger. Above the cap there is nothing to charge. */
  const charge = async (state: HourState, cap: number): Promise<void> => {
    const amount = state.unchargedCalls
    if (amount === 0) return
    await draw(state, amount, cap)
    state.unchargedCalls = Math.max(0, state.unchargedCalls - amount)
  }

  const leaseCalls = async (cap: number, limit: number): Promise<void> => {
    const state = getCurrent()
    await charge(state, cap)
    await refreshState(state)
    const granted = await draw(state, Math.max(getBlockSize(cap), waitingCalls), limit)
    state.leasedCalls += granted
    // Without a grant, a counter has reached the limit.
    if (granted === 0) recordDrawn(state, limit)
  }

  /** Concurrent callers share one ledger call. It has a timeout, and its failure is only recorded. */
  const shareLedgerCall = <Args extends unknown[]>(run: (...args: Args) => Promise<void>) => {
    const flight = createSingleFlight<void>()
    const runInTime = async (...args: Args): Promise<void> => {
      try {
        await limitTime(run(...args))
        lastSuccessAt = monotonic()
      } catch {
        lastFailureAt = monotonic()
      }
    }
    return async (...args: Args): Promise<void> => {
      waitingCalls += 1
      await flight.run(() => runInTime(...args))
      waitingCalls -= 1
    }
  }

  return {
    getCurrent,
    getHourRemainingMs: (): number => getHourRemainingMs(now()),
    getBlockRemainingMs,
    /** True if the last ledger call failed a moment ago. */
    isLedgerDown: (): boolean => isRecentMoment(lastFailureAt),
    /** True if the last ledger call succeeded a moment ago. */
    isFresh: (): boolean => isRecentMoment(lastSuccessAt),
    refresh: shareLedgerCall(() => refreshState(getCurrent())),
    /** Draws a block of calls, or as many as there are waiting callers, up to a limit. */
    lease: shareLedgerCall(leaseCalls),
    block: async (milliseconds: number): Promise<void> => {
      blockLocally(milliseconds)
      await limitTime(publishBlock()).catch(() => {})
    },
  }
}

/** Offline calls still count if the previous span included this hour. */
const createHourState = (span: HourSpan, previous?: HourState): HourState => {
  const isContinued = previous?.span.indices.includes(span.indices[0] as number)
  const { offlineCalls, unchargedCalls } = isContinued && previous ? previous : { offlineCalls: 0, unchargedCalls: 0 }
  return { span, drawnCalls: 0, leasedCalls: 0, offlineCalls, unchargedCalls }
}

const limitTime = (ledgerCall: Promise<void>): Promise<void> =>
  withTimeout(ledgerCall, ledgerTimeoutMs, () => new Error('the ledger is slow'))
