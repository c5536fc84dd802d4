import { LRUCache } from 'lru-cache'
import { createShares, type Payer } from './tenant-fairness.ts'

export interface DelayedRefusalOptions {
  /** Refusals a second that a client, or a network of strangers, receives without a delay. */
  promptPerSecond: number
  /** How many refusals may wait to be sent. */
  maxWaiting: number
  /** Milliseconds of a monotonic clock. */
  now: () => number
  schedule: (delayMs: number, task: () => void) => void
}

export const refusalPaces = ['prompt', 'late', 'disconnect'] as const

export type RefusalPace = (typeof refusalPaces)[number]

export const refusalDelayMs = 1_000

/** Those of a client that has been evicted start again with a full allowance. */
const maxPayers = 10_000

interface PromptAllowance {
  remaining: number
  updatedAt: number
}

/**
 * Slows down clients that ask again as soon as they are refused: beyond an allowance a refusal is sent a second late, and
 * where too many refusals wait, the connection is closed instead. So a flood of refusals cannot keep the process busy.
 */
export const createDelayedRefusals = ({ promptPerSecond, maxWaiting, now, schedule }: DelayedRefusalOptions) => {
  const allowances = new LRUCache<string, PromptAllowance>({ maxSize: maxPayers, sizeCalculation: () => 1 })
  const waiting = createShares(maxWaiting)

  const isPrompt = ({ tenant, client }: Payer): boolean => {
    const name = `${tenant}\n${client}`
    const moment = now()
    const allowance = allowances.get(name) ?? { remaining: promptPerSecond, updatedAt: moment }
    const left = Math.min(
      promptPerSecond,
      allowance.remaining + ((moment - allowance.updatedAt) * promptPerSecond) / 1_000,
    )
    allowance.remaining = left < 1 ? left : left - 1
    allowance.updatedAt = moment
    allowances.set(name, allowance)
    return left >= 1
  }

  return {
    waiting: waiting.held,
    /** Calls `send` now or later, or never, where the connection is to be closed. */
    answer: (payer: Payer, send: () => void): RefusalPace => {
      if (isPrompt(payer)) {
        send()
        return 'prompt'
      }
      if (!waiting.canTake(payer)) return 'disconnect'
      const release = waiting.take(payer)
      schedule(refusalDelayMs, () => {
        release()
        send()
      })
      return 'late'
    },
  }
}
