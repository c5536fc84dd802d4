import { setTimeout as wait } from 'node:timers/promises'
import { runInBackground } from '#src/lib/background.ts'
import { waitForFirst } from '#src/lib/wait-for-first.ts'
import { isProblem, type Problem } from '#src/problems.ts'
import type { Store } from '#src/store/store.ts'
import {
  type Channel,
  createChannel,
  createSharedBatches,
  type LiveEvent,
  notifyListeners,
  type SharedBatch,
  type StopSignals,
  waitForNotification,
} from './channel.ts'
import type { Cursor } from './cursor.ts'
import { type FeedLogReader, type FeedQuery, maxPollAgeMs } from './log-reader.ts'
import { createPollLeader, renewIntervalMs } from './poll-leader.ts'
import type { FeedScope, Poller } from './poller.ts'

/** Adds to a batch what one listener requested. */
type CompleteBatch = (batch: SharedBatch) => Promise<SharedBatch>

interface LiveSettings {
  /** Identifies this process among those that share the store. */
  owner: string
  /** Milliseconds until the next poll. Throws if the tenant was removed. */
  getPollIntervalMs(scope: FeedScope): number
  heartbeatMs: number
  /** Overrides the maximum time between two checks of the log for new entries. */
  logCheckIntervalMs?: number | undefined
  reportFailure(error: unknown): void
}

const batchSize = 100

/** How often a process that does not poll checks the log for new entries of others. */
const watchIntervalMs = 2_000

/** Resolves to false after the timeout. */
const settlesWithin = async (pending: Promise<unknown>, timeoutMs: number, signal: AbortSignal): Promise<boolean> => {
  const outcome = await waitForFirst(timeoutMs, signal, (provide) => {
    pending.then(provide, provide)
    return () => {}
  })
  return outcome !== 'timeout'
}

const catchProblem = <T>(promise: Promise<T>): Promise<T | Problem> =>
  promise.catch((error: unknown) => {
    if (isProblem(error)) return error
    throw error
  })

/** Runs one poller per scope, across all processes of a store, and only while the scope has listeners. */
export const createLiveFeed = (store: Store, poller: Poller, feed: FeedLogReader, settings: LiveSettings) => {
  const channels = new Map<string, Channel>()
  const closing = new AbortController()
  const leader = createPollLeader(store, poller, settings.owner)

  const pause = async (milliseconds: number, signal: AbortSignal): Promise<void> => {
    await wait(milliseconds, undefined, { signal: AbortSignal.any([closing.signal, signal]) }).catch(() => {})
  }

  const notifyFailure = (channel: Channel, error: unknown): Promise<void> =>
    notifyListeners(channel, isProblem(error) ? error : 'heartbeat')

  const publishChanges = async (channel: Channel): Promise<void> => {
    const state = await store.getLogState(channel.scope.log)
    const knownState = `${state?.logId} ${state?.lastSeq}`
    if (knownState === channel.knownState) return
    channel.knownState = knownState
    channel.version += 1
    channel.batches.clear()
    await notifyListeners(channel, 'change')
  }

  /** Polls at the configured interval if this process holds the lease. Notifies listeners of changes and failures. */
  const run = async (channel: Channel, stop: AbortSignal): Promise<void> => {
    const { scope } = channel

    /** Throws only if the tenant was removed. The same reload disconnects all listeners, which ends this loop. */
    const getDelayMs = (): number => {
      try {
        return settings.getPollIntervalMs(scope)
      } catch (error) {
        runInBackground(() => notifyFailure(channel, error), settings.reportFailure)
        return watchIntervalMs
      }
    }

    // The first listener has just polled if necessary; reconnecting clients must not shorten the interval.
    let due = performance.now() + getDelayMs()
    while (!stop.aborted && !closing.signal.aborted) {
      let isLeading = false
      try {
        isLeading = await leader.isLeader(scope)
        if (isLeading && performance.now() >= due) {
          // Set before the poll, so that a failed poll is not repeated immediately.
          due = Number.POSITIVE_INFINITY
          await leader.poll(scope)
        }
        await publishChanges(channel)
      } catch (error) {
        await notifyFailure(channel, error)
      }
      if (due === Number.POSITIVE_INFINITY) due = performance.now() + getDelayMs()
      const restMs = Math.max(0, due - performance.now())
      const { logCheckIntervalMs = isLeading ? renewIntervalMs : watchIntervalMs } = settings
      await pause(Math.min(isLeading ? restMs : getDelayMs(), logCheckIntervalMs), stop)
    }
    await leader.resign(scope)
  }

  const join = (scope: FeedScope): Channel => {
    const known = channels.get(scope.log)
    const channel =
      known ??
      createChannel(
        scope,
        createSharedBatches((position) => feed.next(scope, position, batchSize)),
      )
    channel.listeners += 1
    if (!known) {
      channels.set(scope.log, channel)
      runInBackground(() => run(channel, channel.stop.signal), settings.reportFailure)
    }
    return channel
  }

  const removeListener = (channel: Channel): void => {
    channel.listeners -= 1
    if (channel.listeners > 0) return
    channels.delete(channel.scope.log)
    channel.stop.abort()
  }

  /**
   * Randomized, because listeners that received the same event would otherwise all get their heartbeat at the same
   * time.
   */
  const getHeartbeatDelayMs = (): number => settings.heartbeatMs * (1 - Math.random() / 4)

  async function* streamEvents(
    scope: FeedScope,
    start: Cursor,
    { clientSignal, expirySignal }: StopSignals,
    complete: CompleteBatch,
  ): AsyncGenerator<LiveEvent, void> {
    const stopSignal = AbortSignal.any([clientSignal, expirySignal, closing.signal])
    const channel = join(scope)
    let position = start
    try {
      yield { kind: 'idle', cursor: feed.toCursor(position) }
      while (!stopSignal.aborted) {
        const knownVersion = channel.version
        const next = catchProblem(channel.batches.get(position).then(complete))
        // An upstream read may take longer than a client waits without data.
        while (!(await settlesWithin(next, settings.heartbeatMs, closing.signal)))
          yield { kind: 'idle', cursor: feed.toCursor(position) }
        const batch = await next
        if (isProblem(batch)) {
          yield { kind: 'problem', problem: batch }
          // The feed cannot recover from an expired cursor, so the client must start again.
          if (batch.code === 'cursor-expired') return
        } else {
          for (const event of batch.events) {
            // The credentials may have expired while a slow client was reading.
            if (stopSignal.aborted) break
            yield event
          }
          position = batch.position
          if (batch.hasMore) continue
        }
        const notification = await waitForNotification(channel, knownVersion, stopSignal, getHeartbeatDelayMs())
        if (stopSignal.aborted) break
        if (isProblem(notification)) yield { kind: 'problem', problem: notification }
        else if (notification === 'heartbeat') yield { kind: 'idle', cursor: feed.toCursor(position) }
      }
      if (!clientSignal.aborted) yield { kind: 'closing' }
    } finally {
      removeListener(channel)
    }
  }

  return {
    /** Starts like the polled feed, with the same errors, then yields leads as they arrive. */
    listen: async (scope: FeedScope, query: FeedQuery, signals: StopSignals, complete: CompleteBatch) => {
      const maxAgeMs = Math.max(maxPollAgeMs, settings.getPollIntervalMs(scope))
      return streamEvents(scope, await feed.resolveStart(scope, query, maxAgeMs), signals, complete)
    },
    countListeners: (): number => [...channels.values()].reduce((sum, { listeners }) => sum + listeners, 0),
    close: () => closing.abort(),
  }
}
