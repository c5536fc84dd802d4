import { EventEmitter, once } from 'node:events'
import { setTimeout as wait } from 'node:timers/promises'
import { isProblem, type Problem } from '#src/problems.ts'
import type { Store } from '#src/store/port.ts'
import type { Lead } from '../leads/reader.ts'
import type { Cursor } from './cursor.ts'
import type { Feed, FeedQuery } from './feed.ts'
import type { FeedScope, Poller } from './poller.ts'

export type LiveEvent =
  /** Nothing to say, or only that the position moved on. */
  | { kind: 'idle'; cursor: string }
  | { kind: 'lead'; lead: Lead; cursor: string }
  /** The upstream fails; the feed goes on by itself. */
  | { kind: 'problem'; problem: Problem }
  /** The process ends: come back soon. */
  | { kind: 'closing' }

export interface LiveFeed {
  /** Begins like the JSON feed, and throws like it; then gives leads as they come, until the signal aborts. */
  listen(scope: FeedScope, query: FeedQuery, signal: AbortSignal): Promise<AsyncGenerator<LiveEvent, void>>
  listeners(): number
  close(): void
}

export interface LiveSettings {
  /** Names this process among others on the same store. */
  owner: string
  /** Milliseconds until the next poll. */
  pace(scope: FeedScope): number
  /** Milliseconds between heartbeats. */
  heartbeat: number
}

interface Channel {
  readonly scope: FeedScope
  listeners: number
  /** Grows with every change of the log, so that none is missed between reading it and waiting. */
  version: number
  readonly signals: EventEmitter
}

const batchSize = 100

/** How often a process that does not poll itself looks whether another one has. */
const watchInterval = 2_000

/** A lease outlives its poller's longest silence by this much. */
const leaseMargin = 30_000

const leaseOf = (log: string): string => `poller ${log}`

/** One poller a scope, in one process of all that share the store, and only while somebody listens. */
export const createLiveFeed = (store: Store, poller: Poller, feed: Feed, settings: LiveSettings): LiveFeed => {
  const channels = new Map<string, Channel>()
  const closing = new AbortController()

  /** Resolves after a time, or as soon as the process closes or the signal aborts. */
  const pause = async (milliseconds: number, signal: AbortSignal): Promise<void> => {
    await wait(milliseconds, undefined, { signal: AbortSignal.any([closing.signal, signal]) }).catch(() => {})
  }

  const isLeader = async ({ log }: FeedScope, silence: number): Promise<boolean> => {
    const key = leaseOf(log)
    const ttl = silence + leaseMargin
    return (await store.extendIfEqual(key, settings.owner, ttl)) || (await store.setIfAbsent(key, settings.owner, ttl))
  }

  /** Polls, if nobody else does, and tells the listeners of every change and every failure. */
  const look = async (channel: Channel, known: number, silence: number): Promise<number> => {
    const { scope, signals } = channel
    try {
      if (await isLeader(scope, silence)) await poller.poll(scope)
      const { lastSeq } = (await store.logState(scope.log)) ?? { lastSeq: 0 }
      if (lastSeq === known) return known
      channel.version += 1
      signals.emit('change')
      return lastSeq
    } catch (error) {
      signals.emit('failure', error)
      return known
    }
  }

  const run = async (channel: Channel, stop: AbortSignal): Promise<void> => {
    const { log } = channel.scope
    let known = -1
    while (!stop.aborted && !closing.signal.aborted) {
      const silence = settings.pace(channel.scope)
      const isOurs = (await store.get(leaseOf(log)).catch(() => null)) === settings.owner
      await pause(known < 0 ? 0 : isOurs ? silence : Math.min(silence, watchInterval), stop)
      if (!stop.aborted && !closing.signal.aborted) known = await look(channel, known, silence)
    }
    await store.deleteIfEqual(leaseOf(log), settings.owner).catch(() => {})
  }

  const join = (scope: FeedScope): Channel => {
    const known = channels.get(scope.log)
    const channel = known ?? { scope, listeners: 0, version: 0, signals: new EventEmitter().setMaxListeners(0) }
    channel.listeners += 1
    if (!known) {
      const stop = new AbortController()
      channels.set(scope.log, channel)
      channel.signals.once('empty', () => stop.abort())
      void run(channel, stop.signal)
    }
    return channel
  }

  const leave = (channel: Channel): void => {
    channel.listeners -= 1
    if (channel.listeners > 0) return
    channels.delete(channel.scope.log)
    channel.signals.emit('empty')
  }

  /** What happens next: a change, a failure of the upstream, or nothing for the time of a heartbeat. */
  const nextOf = async (
    channel: Channel,
    seen: number,
    signal: AbortSignal,
  ): Promise<Problem | 'change' | 'nothing'> => {
    if (channel.version !== seen) return 'change'
    const done = new AbortController()
    const options = { signal: done.signal }
    try {
      return await Promise.race([
        once(channel.signals, 'change', options).then(() => 'change' as const),
        once(channel.signals, 'failure', options).then(([error]) => (isProblem(error) ? error : 'nothing')),
        pause(settings.heartbeat, AbortSignal.any([signal, done.signal])).then(() => 'nothing' as const),
      ])
    } finally {
      done.abort()
    }
  }

  async function* events(scope: FeedScope, begun: Cursor, signal: AbortSignal): AsyncGenerator<LiveEvent, void> {
    const channel = join(scope)
    let position = begun
    try {
      yield { kind: 'idle', cursor: feed.cursorOf(position) }
      while (!signal.aborted && !closing.signal.aborted) {
        const seen = channel.version
        const batch = await feed.next(scope, position, batchSize).catch((error: unknown) => {
          if (isProblem(error)) return error
          throw error
        })
        if (isProblem(batch)) yield { kind: 'problem', problem: batch }
        else {
          for (const { lead, cursor } of batch.deliveries) yield { kind: 'lead', lead, cursor }
          position = batch.position
          if (batch.hasMore) continue
        }
        const next = await nextOf(channel, seen, signal)
        if (isProblem(next)) yield { kind: 'problem', problem: next }
        else if (next === 'nothing') yield { kind: 'idle', cursor: feed.cursorOf(position) }
      }
      if (closing.signal.aborted) yield { kind: 'closing' }
    } finally {
      leave(channel)
    }
  }

  return {
    listen: async (scope, query, signal) => events(scope, await feed.begin(scope, query), signal),
    listeners: () => [...channels.values()].reduce((sum, { listeners }) => sum + listeners, 0),
    close: () => closing.abort(),
  }
}
