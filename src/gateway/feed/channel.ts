import { setImmediate as yieldToOthers } from 'node:timers/promises'
import { waitForFirst } from '#src/lib/wait-for-first.ts'
import type { Problem } from '#src/problems.ts'
import type { FeedScope } from './poller.ts'
import type { SharedBatches } from './shared-batches.ts'

/** The listeners of one scope in this process. */
export interface Channel {
  readonly scope: FeedScope
  listeners: number
  /** The state of the log at the last notification. */
  knownState: string
  /** Increases with every change of the log, so that a listener misses none between a read and a wait. */
  version: number
  /** Listeners that wait for a notification. */
  readonly waiting: Set<(notification: Notification) => void>
  readonly batches: SharedBatches
  readonly stop: AbortController
}

/** A change of the log, an upstream failure, or a timeout that is due for a heartbeat. */
type Notification = Problem | 'change' | 'heartbeat'

/** The event loop turns after each batch of notifications. */
const listenersPerTurn = 50

export const createChannel = (scope: FeedScope, batches: SharedBatches): Channel => ({
  scope,
  listeners: 0,
  knownState: '',
  version: 0,
  waiting: new Set(),
  batches,
  stop: new AbortController(),
})

export const notifyListeners = async ({ waiting }: Channel, notification: Notification): Promise<void> => {
  let notifiedCount = 0
  for (const notify of [...waiting]) {
    notify(notification)
    notifiedCount += 1
    if (notifiedCount % listenersPerTurn === 0) await yieldToOthers()
  }
}

/** Resolves with the next notification, or with `heartbeat` after the timeout. */
export const waitForNotification = async (
  { version, waiting }: Channel,
  knownVersion: number,
  stopSignal: AbortSignal,
  timeoutMs: number,
): Promise<Notification> => {
  if (version !== knownVersion) return 'change'
  const outcome = await waitForFirst<Notification>(timeoutMs, stopSignal, (notify) => {
    waiting.add(notify)
    return () => waiting.delete(notify)
  })
  return outcome === 'timeout' || outcome === 'aborted' ? 'heartbeat' : outcome
}
