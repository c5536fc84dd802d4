import { setTimeout as wait, setImmediate as yieldToOthers } from 'node:timers/promises'
import { runInBackground } from '#src/lib/background.ts'
import { isProblem, type Problem } from '#src/problems.ts'
import type { Store } from '#src/store/store.ts'
import type { Lead } from '../leads/reader.ts'
import type { Cursor } from './cursor.ts'
import { type FeedLogReader, type FeedQuery, maxPollAgeMs } from './log-reader.ts'
import type { FeedScope, Poller } from './poller.ts'
import { createSharedBatches, type SharedBatches } from './shared-batches.ts'

export type LiveEvent =
  /** Nothing to say, or only that the position moved on. */
  | { kind: 'idle'; cursor: string }
  | { kind: 'lead'; lead: Lead; cursor: string }
  /** The upstream fails; the feed goes on by itself. */
  | { kind: 'problem'; problem: Problem }
  /** The process ends: come back soon. */
  | { kind: 'closing' }

/** Until when a listener is given leads. */
export interface StopSignals {
  /** The client has left. */
  readonly clientSignal: AbortSignal
  /** The client has to come again. */
  readonly expirySignal: AbortSignal
}

export interface LiveFeed {
  /** Begins like the JSON feed, and throws like it; then gives leads as they come. */
  listen(scope: FeedScope, query: FeedQuery, signals: StopSignals): Promise<AsyncGenerator<LiveEvent, void>>
  countListeners(): number
  close(): void
}

export interface LiveSettings {
  /** Names this process among others on the same store. */
  owner: string
  /** Milliseconds until the next poll. Throws where the tenant was removed. */
  getPollIntervalMs(scope: FeedScope): number
  /** Milliseconds between heartbeats. */
  heartbeatMs: number
  reportFailure(error: unknown): void
}

interface Channel {
  readonly scope: FeedScope
  listeners: number
  /** The state of the log that the listeners were last told of. */
  knownState: string
  /** Grows with every change of the log, so that none is missed between reading it and waiting. */
  version: number
  /** Listeners that wait for news. */
  readonly waiting: Set<(news: News) => void>
  readonly batches: SharedBatches
  readonly stop: AbortController
}

/** A change of the log, a failure of the upstream, or nothing for the time of a heartbeat. */
type News = Problem | 'change' | 'nothing'

/** Listeners that are told of news between two turns of the event loop. */
const listenersPerTurn = 50

const batchSize = 100

/** How often a process that does not poll itself looks whether another one has. */
const watchIntervalMs = 2_000

/** A process that polls holds a lease, and renews it far more often than it runs out: one that dies is soon replaced. */
const leaseMs = 15_000
const renewIntervalMs = 5_000

const getLeaseName = (log: string): string => `poller ${log}`

const catchProblem = <T>(promise: Promise<T>): Promise<T | Problem> =>
  promise.catch((error: unknown) => {
    if (isProblem(error)) return error
    throw error
  })

/** One poller a scope, in one process of all that share the store, and only while somebody listens. */
export const createLiveFeed = (store: Store, poller: Poller, feed: FeedLogReader, settings: LiveSettings): LiveFeed => {
  const channels = new Map<string, Channel>()
  const closing = new AbortController()

  /** Resolves after a time, or as soon as the process closes or the signal aborts. */
  const pause = async (milliseconds: number, signal: AbortSignal): Promise<void> => {
    await wait(milliseconds, undefined, { signal: AbortSignal.any([closing.signal, signal]) }).catch(() => {})
  }

  const renew = ({ log }: FeedScope): Promise<boolean> =>
    store.extendIfEqual(getLeaseName(log), settings.owner, leaseMs)

  const isLeader = async (scope: FeedScope): Promise<boolean> =>
    (await renew(scope)) || (await store.setIfAbsent(getLeaseName(scope.log), settings.owner, leaseMs))

  /** However long the reading takes, nobody else begins one. */
  const pollAsLeader = async (scope: FeedScope): Promise<void> => {
    // A lease that could not be renewed ends by itself, and the next turn finds out.
    const renewal = setInterval(
      () =>
        runInBackground(
          () => renew(scope),
          () => {},
        ),
      renewIntervalMs,
    )
    try {
      await poller.poll(scope)
    } finally {
      clearInterval(renewal)
    }
  }

  const notifyListeners = async ({ waiting }: Channel, news: News): Promise<void> => {
    let tellCount = 0
    for (const tell of [...waiting]) {
      tell(news)
      tellCount += 1
      if (tellCount % listenersPerTurn === 0) await yieldToOthers()
    }
  }

  const notifyFailure = (channel: Channel, error: unknown): Promise<void> =>
    notifyListeners(channel, isProblem(error) ? error : 'nothing')

  const announce = async (channel: Channel): Promise<void> => {
    const state = await store.getLogState(channel.scope.log)
    const knownState = `${state?.logId} ${state?.lastSeq}`
    if (knownState === channel.knownState) return
    channel.knownState = knownState
    channel.version += 1
    channel.batches.clear()
    await notifyListeners(channel, 'change')
  }

  /** Polls at its pace, if nobody else does, and tells the listeners of every change and every failure. */
  const run = async (channel: Channel, stop: AbortSignal): Promise<void> => {
    const { scope } = channel

    /** A removed tenant has no pace. The reload that removed it disconnects the listeners too, which ends this loop. */
    const getDelayMs = (): number => {
      try {
        return settings.getPollIntervalMs(scope)
      } catch (error) {
        runInBackground(() => notifyFailure(channel, error), settings.reportFailure)
        return watchIntervalMs
      }
    }

    // The first listener has just asked, if that was needed: coming and going must not outrun the pace.
    let due = performance.now() + getDelayMs()
    while (!stop.aborted && !closing.signal.aborted) {
      let isOurs = false
      try {
        isOurs = await isLeader(scope)
        if (isOurs && performance.now() >= due) {
          // Before the poll: one that fails is not repeated at once.
          due = Number.POSITIVE_INFINITY
          await pollAsLeader(scope)
        }
        await announce(channel)
      } catch (error) {
        await notifyFailure(channel, error)
      }
      if (due === Number.POSITIVE_INFINITY) due = performance.now() + getDelayMs()
      const restMs = Math.max(0, due - performance.now())
      await pause(isOurs ? Math.min(restMs, renewIntervalMs) : Math.min(getDelayMs(), watchIntervalMs), stop)
    }
    await store.deleteIfEqual(getLeaseName(scope.log), settings.owner).catch(() => {})
  }

  const join = (scope: FeedScope): Channel => {
    const known = channels.get(scope.log)
    const channel = known ?? {
      scope,
      listeners: 0,
      knownState: '',
      version: 0,
      waiting: new Set(),
      batches: createSharedBatches((position) => feed.next(scope, position, batchSize)),
      stop: new AbortController(),
    }
    channel.listeners += 1
    if (!known) {
      channels.set(scope.log, channel)
      runInBackground(() => run(channel, channel.stop.signal), settings.reportFailure)
    }
    return channel
  }

  const leave = (channel: Channel): void => {
    channel.listeners -= 1
    if (channel.listeners > 0) return
    channels.delete(channel.scope.log)
    channel.stop.abort()
  }

  const waitForNews = (channel: Channel, knownVersion: number, stopSignal: AbortSignal): Promise<News> =>
    new Promise((resolve) => {
      if (channel.version !== knownVersion) return resolve('change')
      if (stopSignal.aborted) return resolve('nothing')
      const tell = (news: News): void => {
        clearTimeout(timer)
        stopSignal.removeEventListener('abort', giveUp)
        channel.waiting.delete(tell)
        resolve(news)
      }
      const giveUp = () => tell('nothing')
      const timer = setTimeout(giveUp, getHeartbeatDelayMs())
      stopSignal.addEventListener('abort', giveUp)
      channel.waiting.add(tell)
    })

  /** Scattered: listeners that got the same event would all get their next heartbeat at the same time. */
  const getHeartbeatDelayMs = (): number => settings.heartbeatMs * (1 - Math.random() / 4)

  /** True once it is settled or the process closes, false after the time of a heartbeat. */
  const isDone = (pending: Promise<unknown>): Promise<boolean> =>
    new Promise((resolve) => {
      if (closing.signal.aborted) return resolve(true)
      const settle = (value: boolean): void => {
        clearTimeout(timer)
        closing.signal.removeEventListener('abort', finish)
        resolve(value)
      }
      const finish = () => settle(true)
      const timer = setTimeout(() => settle(false), settings.heartbeatMs)
      closing.signal.addEventListener('abort', finish)
      pending.then(finish, finish)
    })

  async function* streamEvents(
    scope: FeedScope,
    start: Cursor,
    { clientSignal, expirySignal }: StopSignals,
  ): AsyncGenerator<LiveEvent, void> {
    const stopSignal = AbortSignal.any([clientSignal, expirySignal, closing.signal])
    const channel = join(scope)
    let position = start
    try {
      yield { kind: 'idle', cursor: feed.toCursor(position) }
      while (!stopSignal.aborted) {
        const knownVersion = channel.version
        const next = catchProblem(channel.batches.get(position))
        // A reading of the upstream may take longer than a reader waits in silence.
        while (!(await isDone(next))) yield { kind: 'idle', cursor: feed.toCursor(position) }
        const batch = await next
        if (isProblem(batch)) {
          yield { kind: 'problem', problem: batch }
          // Coming back will not help the reader: it is told so when it tries.
          if (batch.code === 'cursor-expired') return
        } else {
          for (const event of batch.events) {
            // The credentials may have ended while the reader was slow.
            if (stopSignal.aborted) break
            yield event
          }
          position = batch.position
          if (batch.hasMore) continue
        }
        const news = await waitForNews(channel, knownVersion, stopSignal)
        if (stopSignal.aborted) break
        if (isProblem(news)) yield { kind: 'problem', problem: news }
        else if (news === 'nothing') yield { kind: 'idle', cursor: feed.toCursor(position) }
      }
      if (!clientSignal.aborted) yield { kind: 'closing' }
    } finally {
      leave(channel)
    }
  }

  return {
    listen: async (scope, query, signals) => {
      const maxAgeMs = Math.max(maxPollAgeMs, settings.getPollIntervalMs(scope))
      return streamEvents(scope, await feed.begin(scope, query, maxAgeMs), signals)
    },
    countListeners: () => [...channels.values()].reduce((sum, { listeners }) => sum + listeners, 0),
    close: () => closing.abort(),
  }
}
