import type { Ledger } from './budget-ledger.ts'
import { allowanceOf, hour, limitOf } from './budget-shares.ts'
import type { HourClockOptions } from './hour-clock.ts'
import { createSharedHour, type Hour } from './hourly-counter.ts'
import type { Priority, Quota } from './types.ts'

export interface AllowanceOptions extends HourClockOptions {
  ledger: Ledger
  maxReplicas: number | null
  /** When the process was started, on the monotonic clock. */
  startedAt: number
}

/** A refusal that comes of a lost ledger may be over soon. */
const lostRetryMs = 5_000

/** What one API key may still spend in this hour. */
export const createAllowance = (apiKey: string, options: AllowanceOptions) => {
  const { ledger, maxReplicas, now, monotonic, startedAt } = options
  const shared = createSharedHour(apiKey, ledger, options)

  /** What nobody draws is for single reads and tokens alone. */
  const takeUnshared = (of: Hour, cap: number, priority: Priority): boolean => {
    const livedMs = Math.min(now() % hour, monotonic() - startedAt)
    if (priority !== 'read' || of.unshared >= allowanceOf(cap, maxReplicas, livedMs)) return false
    of.unshared += 1
    of.uncharged += 1
    return true
  }

  /** As `take`, from what is known by now; otherwise it asks the ledger, after which it is to be tried again. */
  const tryToTake = (cap: number, priority: Priority): number | Promise<void> => {
    const limit = limitOf(cap, priority)
    const blockLeft = shared.blockLeft()
    if (blockLeft > 0) return blockLeft
    const of = shared.present()
    // What is held was granted within the limit of single reads: for them later charges do not take it back.
    const isHeld = of.held > 0 && (priority === 'read' || of.drawn <= limit)
    if (isHeld && (shared.isKnown() || shared.isLost())) {
      of.held -= 1
      return 0
    }
    if (!isHeld && of.drawn >= limit) return shared.left()
    if (shared.isLost()) return takeUnshared(of, cap, priority) ? 0 : Math.min(lostRetryMs, shared.left())
    return isHeld ? shared.look() : shared.lease(cap, limit)
  }

  const askAndTake = async (asked: Promise<void>, cap: number, priority: Priority): Promise<number> => {
    let taken: number | Promise<void> = asked
    while (typeof taken !== 'number') {
      await taken
      taken = tryToTake(cap, priority)
    }
    return taken
  }

  /**
   * Takes one call. Answers 0, or how many milliseconds have to pass before it is worth asking again; later only where
   * the ledger has to be asked.
   */
  const take = ({ cap }: Quota, priority: Priority): number | Promise<number> => {
    const taken = tryToTake(cap, priority)
    return typeof taken === 'number' ? taken : askAndTake(taken, cap, priority)
  }

  const used = (): number => {
    const { drawn, held, uncharged } = shared.present()
    return Math.max(0, drawn - held) + uncharged
  }

  const figures = (cap: number) => {
    const inMs = (left: number) => new Date(now() + left).toISOString()
    return {
      cap: Math.floor(cap),
      limit: limitOf(cap, 'read'),
      used: used(),
      resetsAt: inMs(shared.left()),
      blockedUntil: shared.blockLeft() > 0 ? inMs(shared.blockLeft()) : null,
    }
  }

  return {
    take,
    /** Whether a call was refused because the ledger does not answer, and not because the hour is spent. */
    isLost: ({ cap }: Quota, priority: Priority): boolean =>
      shared.isLost() && shared.blockLeft() === 0 && shared.present().drawn < limitOf(cap, priority),
    /** The upstream counts otherwise than we: it takes no call before then, from no replica. */
    block: shared.block,
    /** Reads what the other replicas have drawn, and writes back what the ledger has lost. */
    refresh: async (): Promise<void> => {
      if (shared.present().drawn > 0 || shared.blockLeft() > 0) await shared.look()
    },
    used,
    figures,
  }
}
