import { createHash } from 'node:crypto'
import type { BudgetLedger } from './budget-ledger.ts'
import { getBlockSize, hourMs } from './budget-shares.ts'
import { createHourClock, type HourClockOptions, type HourSpan } from './hour-clock.ts'

/** Calls of one API key in one UTC hour, or in several while the clocks disagree. */
export interface HourState {
  readonly span: HourSpan
  /** By all replicas, as far as it is known, in the hour in which the most were drawn; it never falls. */
  drawnCalls: number
  /** Drawn by this process, and not yet used. */
  leasedCalls: number
  /** Made without the ledger, and of these not yet charged to it. */
  offlineCalls: number
  unchargedCalls: number
}

/** How long a call waits for the ledger. */
const ledgerTimeoutMs = 300

/** How long one that failed is left alone, and one that answered is believed. */
const ledgerFreshMs = 1_000

const counterTtlMs = 2 * hourMs

/** What a process knows of the hour that it shares with other replicas, and what it asks their ledger. */
export const createHourlyCounter = (apiKey: string, ledger: BudgetLedger, clocks: HourClockOptions) => {
  const { now, monotonic } = clocks
  const getSpan = createHourClock(clocks)
  // The ledger may be anybody's to read: the key itself stays here.
  const digest = createHash('sha256').update(apiKey).digest('hex')
  const blockKey = `spacio blocked ${digest}`
  let currentState = createHourState(getSpan())
  // These three are on the monotonic clock.
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
    // Some replica's clock may be a little ahead of this one's.
    if (remainingMs < 2 * hourMs) blockLocally(remainingMs)
  }

  /** Draws from each counter, and gives how much all of them granted. */
  const draw = async (state: HourState, amount: number, limit: number): Promise<number> => {
    const drawnBefore = state.drawnCalls
    const grants = await Promise.all(
      getCounterNames(state).map((counter) => ledger.draw(counter, amount, limit, counterTtlMs)),
    )
    const granted = Math.min(...grants)
    recordDrawn(state, drawnBefore + granted)
    return granted
  }

  /** Reads what the ledger knows, and writes back what it does not know: it was emptied, or a clock was set. */
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

  /** What was spent while the ledger was lost. Beyond the cap nothing can be charged, nor need be. */
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
    // Nothing granted: a counter stands at the limit, or beyond.
    if (granted === 0) recordDrawn(state, limit)
  }

  /** However many wait, one asks. A ledger that is slow delays nobody for long, and its failure is only noted. */
  const singleFlight = <Args extends unknown[]>(run: (...args: Args) => Promise<void>) => {
    let inFlight: Promise<void> | null = null
    const runInTime = async (...args: Args): Promise<void> => {
      try {
        await withTimeout(ledgerTimeoutMs, run(...args))
        lastSuccessAt = monotonic()
      } catch {
        lastFailureAt = monotonic()
      } finally {
        inFlight = null
      }
    }
    return async (...args: Args): Promise<void> => {
      waitingCalls += 1
      inFlight ??= runInTime(...args)
      await inFlight
      waitingCalls -= 1
    }
  }

  return {
    present: getCurrent,
    left: (): number => hourMs - (now() % hourMs),
    blockLeft: getBlockRemainingMs,
    /** It was asked, and did not answer, a moment ago. */
    isLedgerDown: (): boolean => isRecentMoment(lastFailureAt),
    /** It was asked a moment ago. */
    isFresh: (): boolean => isRecentMoment(lastSuccessAt),
    refresh: singleFlight(() => refreshState(getCurrent())),
    /** Draws a block of calls, or as many as wait, up to a limit. */
    lease: singleFlight(leaseCalls),
    block: async (milliseconds: number): Promise<void> => {
      blockLocally(milliseconds)
      await withTimeout(ledgerTimeoutMs, publishBlock()).catch(() => {})
    },
  }
}

/** What was made without the ledger still counts if the last span held this hour, too. */
const createHourState = (span: HourSpan, previous?: HourState): HourState => {
  const isContinued = previous?.span.indices.includes(span.indices[0] as number)
  const { offlineCalls, unchargedCalls } = isContinued && previous ? previous : { offlineCalls: 0, unchargedCalls: 0 }
  return { span, drawnCalls: 0, leasedCalls: 0, offlineCalls, unchargedCalls }
}

const withTimeout = async (milliseconds: number, work: Promise<void>): Promise<void> => {
  const { promise, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(reject, milliseconds, new Error('the ledger is slow'))
  try {
    await Promise.race([work, promise])
  } finally {
    clearTimeout(timer)
  }
}
