import { setImmediate as yieldToOthers } from 'node:timers/promises'
import { waitForFirst } from '#src/lib/wait-for-first.ts'
import type { Problem } from '#src/problems.ts'
import type { Lead } from '../leads/reader.ts'
import type { Cursor } from './cursor.ts'
import type { Batch } from './log-reader.ts'
import type { FeedScope } from './poller.ts'

export type LiveEvent =
  /** A heartbeat, possibly with a new position. */
  | { kind: 'idle'; cursor: string }
  | { kind: 'lead'; lead: Lead; cursor: string }
  /** The upstream failed. The feed stays open and recovers by itself. */
  | { kind: 'problem'; problem: Problem }
  /** The process shuts down. The client must reconnect. */
  | { kind: 'closing' }

/** The signals that end a live feed. */
export interface StopSignals {
  /** The client disconnected. */
  readonly clientSignal: AbortSignal
  /** The credentials expired; the client must reconnect. */
  readonly expirySignal: AbortSignal
}

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

export interface SharedBatch extends Pick<Batch, 'position' | 'hasMore'> {
  /** All listeners share the same objects, so that each event is serialized once. */
  readonly events: readonly Extract<LiveEvent, { kind: 'lead' }>[]
}

/** Long enough to notify all listeners of a channel. It also bounds the age of the leads that are sent. */
const reuseMs = 1_000

/** The maximum number of different positions, which listeners that catch up may have. */
const maxPositions = 64

export const createSharedBatches = (read: (position: Cursor) => Promise<Batch>) => {
  const batches = new Map<string, Promise<SharedBatch>>()

  const readShared = async (position: Cursor): Promise<SharedBatch> => {
    const { deliveries, ...rest } = await read(position)
    return { ...rest, events: deliveries.map(({ lead, cursor }) => ({ kind: 'lead', lead, cursor })) }
  }

  return {
    /** Returns the leads after a position. Concurrent listeners share one read. */
    get: (position: Cursor): Promise<SharedBatch> => {
      const key = JSON.stringify([position.logId, position.seq, position.start?.from, position.start?.until])
      const current = batches.get(key)
      if (current) return current
      if (batches.size >= maxPositions) batches.clear()
      const batch = readShared(position)
      const forget = () => {
        if (batches.get(key) === batch) batches.delete(key)
      }
      batches.set(key, batch)
      batch.then(() => setTimeout(forget, reuseMs).unref(), forget)
      return batch
    },
    clear: (): void => batches.clear(),
  }
}

type SharedBatches = ReturnType<typeof createSharedBatches>
