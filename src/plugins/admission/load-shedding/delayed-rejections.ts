import { LRUCache } from 'lru-cache'
import { limitEntries } from '#src/lib/lru-options.ts'
import { createFairSlots, type SlotOwner } from './fair-slots.ts'

interface DelayedRejectionOptions {
  /** Rejections per second that a client, or an anonymous network, receives without a delay. */
  promptPerSecond: number
  /** Maximum number of delayed rejections. */
  maxWaiting: number
  /** Milliseconds of a monotonic clock. */
  now: () => number
  schedule: (delayMs: number, task: () => void) => void
}

export const rejectionPaces = ['prompt', 'late', 'disconnect'] as const

export type RejectionPace = (typeof rejectionPaces)[number]

export const rejectionDelayMs = 1_000

/** An evicted client starts again with a full allowance. */
const maxOwners = 10_000

interface PromptAllowance {
  remaining: number
  updatedAt: number
}

/**
 * Slows down clients that retry immediately after a rejection. Beyond its allowance, a client receives each rejection
 * after a delay. If too many rejections are delayed, the gateway closes the connection instead.
 */
export const createDelayedRejections = ({ promptPerSecond, maxWaiting, now, schedule }: DelayedRejectionOptions) => {
  const allowances = new LRUCache<string, PromptAllowance>(limitEntries(maxOwners))
  const waiting = createFairSlots(maxWaiting)

  const isPrompt = ({ tenant, client }: SlotOwner): boolean => {
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
    waiting: waiting.countTaken,
    /** Calls `send` now or later. Never calls it if the result is `disconnect`. */
    answer: (owner: SlotOwner, send: () => void): RejectionPace => {
      if (isPrompt(owner)) {
        send()
        return 'prompt'
      }
      if (!waiting.canTake(owner)) return 'disconnect'
      const release = waiting.take(owner)
      schedule(rejectionDelayMs, () => {
        release()
        send()
      })
      return 'late'
    },
  }
}
