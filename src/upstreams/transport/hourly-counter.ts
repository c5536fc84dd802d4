import { createHash } from 'node:crypto'
import type { Ledger } from './budget-ledger.ts'
import { blockOf, hour } from './budget-shares.ts'
import { createHourClock, type HourClockOptions, type HourSpan } from './hour-clock.ts'

/** Calls of one API key in one UTC hour, or in several while the clocks disagree. */
export interface Hour {
  readonly span: HourSpan
  /** By all replicas, as far as it is known, in the hour in which the most were drawn; it never falls. */
  drawn: number
  /** Drawn by this process, and not yet used. */
  held: number
  /** Made without the ledger, and of these not yet charged to it. */
  unshared: number
  uncharged: number
}

/** How long a call waits for the ledger. */
const patienceMs = 300

/** How long one that failed is left alone, and one that answered is believed. */
const glanceMs = 1_000

const counterTtlMs = 2 * hour

/** What a process knows of the hour that it shares with other replicas, and what it asks their ledger. */
export const createSharedHour = (apiKey: string, ledger: Ledger, clocks: HourClockOptions) => {
  const { now, monotonic } = clocks
  const readHour = createHourClock(clocks)
  // The ledger may be anybody's to read: the key itself stays here.
  const digest = createHash('sha256').update(apiKey).digest('hex')
  const blockKey = `spacio blocked ${digest}`
  let current = newHour(readHour())
  // These three are on the monotonic clock.
  let blockedUntil = Number.NEGATIVE_INFINITY
  let answeredAt = Number.NEGATIVE_INFINITY
  let lostAt = Number.NEGATIVE_INFINITY
  let waiting = 0

  const present = (): Hour => {
    const span = readHour()
    if (current.span !== span) current = newHour(span, current)
    return current
  }

  const countersOf = ({ span }: Hour): string[] =>
    span.indices.map((index) => `spacio calls ${digest} ${new Date(index * hour).toISOString()}`)

  const isRecent = (moment: number): boolean => monotonic() - moment < glanceMs
  const blockLeft = (): number => Math.max(0, blockedUntil - monotonic())

  const blockFor = (milliseconds: number): void => {
    if (milliseconds > blockLeft()) blockedUntil = monotonic() + Math.min(hour, milliseconds)
  }

  const shareBlock = (): Promise<void> => ledger.set(blockKey, String(now() + blockLeft()), blockLeft())

  const learnDrawn = (of: Hour, drawn: number): void => {
    of.drawn = Math.max(of.drawn, drawn)
  }

  const learnBlock = (block: string | null): void => {
    const left = Number(block ?? 0) - now()
    // Some replica's clock may be a little ahead of this one's.
    if (left < 2 * hour) blockFor(left)
  }

  /** Draws from each counter, and gives how much all of them granted. */
  const draw = async (of: Hour, amount: number, limit: number): Promise<number> => {
    const before = of.drawn
    const grants = await Promise.all(countersOf(of).map((counter) => ledger.draw(counter, amount, limit, counterTtlMs)))
    const granted = Math.min(...grants)
    learnDrawn(of, before + granted)
    return granted
  }

  /** Reads what the ledger knows, and writes back what it does not know: it was emptied, or a clock was set. */
  const lookAt = async (of: Hour): Promise<void> => {
    const counters = countersOf(of)
    const [block, ...drawn] = await Promise.all([
      ledger.get(blockKey),
      ...counters.map((counter) => ledger.drawn(counter)),
    ])
    learnDrawn(of, Math.max(...drawn))
    learnBlock(block)
    const lower = counters.filter((_, at) => (drawn[at] ?? 0) < of.drawn)
    await Promise.all([
      ...lower.map((counter) => ledger.draw(counter, of.drawn, of.drawn, counterTtlMs)),
      ...(block === null && blockLeft() > 0 ? [shareBlock()] : []),
    ])
  }

  /** What was spent while the ledger was lost. Beyond the cap nothing can be charged, nor need be. */
  const charge = async (of: Hour, cap: number): Promise<void> => {
    const amount = of.uncharged
    if (amount === 0) return
    await draw(of, amount, cap)
    of.uncharged = Math.max(0, of.uncharged - amount)
  }

  const leaseNow = async (cap: number, limit: number): Promise<void> => {
    const of = present()
    await charge(of, cap)
    await lookAt(of)
    const granted = await draw(of, Math.max(blockOf(cap), waiting), limit)
    of.held += granted
    // Nothing granted: a counter stands at the limit, or beyond.
    if (granted === 0) learnDrawn(of, limit)
  }

  /** However many wait, one asks. A ledger that is slow delays nobody for long, and its failure is only noted. */
  const alone = <Args extends unknown[]>(ask: (...args: Args) => Promise<void>) => {
    let underWay: Promise<void> | null = null
    const askInTime = async (...args: Args): Promise<void> => {
      try {
        await within(patienceMs, ask(...args))
        answeredAt = monotonic()
      } catch {
        lostAt = monotonic()
      } finally {
        underWay = null
      }
    }
    return async (...args: Args): Promise<void> => {
      waiting += 1
      underWay ??= askInTime(...args)
      await underWay
      waiting -= 1
    }
  }

  return {
    present,
    left: (): number => hour - (now() % hour),
    blockLeft,
    /** It was asked, and did not answer, a moment ago. */
    isLost: (): boolean => isRecent(lostAt),
    /** It was asked a moment ago. */
    isKnown: (): boolean => isRecent(answeredAt),
    look: alone(() => lookAt(present())),
    /** Draws a block of calls, or as many as wait, up to a limit. */
    lease: alone(leaseNow),
    block: async (milliseconds: number): Promise<void> => {
      blockFor(milliseconds)
      await within(patienceMs, shareBlock()).catch(() => {})
    },
  }
}

/** What was made without the ledger still counts if the last span held this hour, too. */
const newHour = (span: HourSpan, last?: Hour): Hour => {
  const isContinued = last?.span.indices.includes(span.indices[0] as number)
  const { unshared, uncharged } = isContinued && last ? last : { unshared: 0, uncharged: 0 }
  return { span, drawn: 0, held: 0, unshared, uncharged }
}

const within = async (milliseconds: number, work: Promise<void>): Promise<void> => {
  const { promise, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(reject, milliseconds, new Error('the ledger is slow'))
  try {
    await Promise.race([work, promise])
  } finally {
    clearTimeout(timer)
  }
}
