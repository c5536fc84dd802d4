import { createHash } from 'node:crypto'
import type { Ledger } from './ledger.ts'
import { blockOf, hour } from './shares.ts'

/** Calls of one API key in one UTC hour. */
export interface Hour {
  readonly index: number
  /** By all replicas, as far as it is known; it never falls. */
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

/** What a process knows of the hour that it shares with other replicas, and what it asks their ledger. */
export const createSharedHour = (apiKey: string, ledger: Ledger, now: () => number) => {
  // The ledger may be anybody's to read: the key itself stays here.
  const digest = createHash('sha256').update(apiKey).digest('hex')
  const blockKey = `spacio blocked ${digest}`
  let current: Hour = newHour(-1)
  let blockedUntil = 0
  let answeredAt = Number.NEGATIVE_INFINITY
  let lostAt = Number.NEGATIVE_INFINITY
  let waiting = 0

  const present = (): Hour => {
    const index = Math.floor(now() / hour)
    if (current.index !== index) current = newHour(index)
    return current
  }

  const counterOf = ({ index }: Hour): string => `spacio calls ${digest} ${new Date(index * hour).toISOString()}`
  const isRecent = (moment: number): boolean => Math.abs(now() - moment) < glanceMs

  /** A block of more than an hour is nobody's: the clock was set back. */
  const blockLeft = (): number => {
    const left = blockedUntil - now()
    return left > 0 && left <= hour ? left : 0
  }

  const blockFor = (milliseconds: number): void => {
    if (milliseconds > blockLeft()) blockedUntil = now() + Math.min(hour, milliseconds)
  }

  const learn = (of: Hour, drawn: number, block: string | null): void => {
    of.drawn = Math.max(of.drawn, drawn)
    const left = Number(block ?? 0) - now()
    // Some replica's clock may be a little ahead of this one's.
    if (left < 2 * hour) blockFor(left)
  }

  const lookNow = async (): Promise<void> => {
    const of = present()
    const [drawn, block] = await Promise.all([ledger.drawn(counterOf(of)), ledger.get(blockKey)])
    learn(of, drawn, block)
  }

  /** What was spent while the ledger was lost. Beyond the cap nothing can be charged, nor need be. */
  const charge = async (of: Hour, cap: number): Promise<void> => {
    const amount = of.uncharged
    if (amount === 0) return
    await ledger.draw(counterOf(of), amount, cap, 2 * hour)
    of.uncharged = Math.max(0, of.uncharged - amount)
  }

  const leaseNow = async (cap: number, limit: number): Promise<void> => {
    const of = present()
    const counter = counterOf(of)
    await charge(of, cap)
    const [granted, drawn, block] = await Promise.all([
      ledger.draw(counter, Math.max(blockOf(cap), waiting), limit, 2 * hour),
      ledger.drawn(counter),
      ledger.get(blockKey),
    ])
    of.held += granted
    // Nothing granted: the counter stands at the limit, or beyond.
    learn(of, Math.max(of.drawn + granted, drawn, granted > 0 ? 0 : limit), block)
  }

  /** However many wait, one asks. A ledger that is slow delays nobody for long, and its failure is only noted. */
  const alone = <Args extends unknown[]>(ask: (...args: Args) => Promise<void>) => {
    let underWay: Promise<void> | null = null
    const askInTime = async (...args: Args): Promise<void> => {
      try {
        await within(patienceMs, ask(...args))
        answeredAt = now()
      } catch {
        lostAt = now()
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
    look: alone(lookNow),
    /** Draws a block of calls, or as many as wait, up to a limit. */
    lease: alone(leaseNow),
    block: async (milliseconds: number): Promise<void> => {
      blockFor(milliseconds)
      await within(patienceMs, ledger.set(blockKey, String(blockedUntil), blockLeft())).catch(() => {})
    },
  }
}

const newHour = (index: number): Hour => ({ index, drawn: 0, held: 0, unshared: 0, uncharged: 0 })

const within = async (milliseconds: number, work: Promise<void>): Promise<void> => {
  const { promise, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(reject, milliseconds, new Error('the ledger is slow'))
  try {
    await Promise.race([work, promise])
  } finally {
    clearTimeout(timer)
  }
}
