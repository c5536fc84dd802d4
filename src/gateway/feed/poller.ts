import { LRUCache } from 'lru-cache'
import { parseFragment } from '#src/json/fragment.ts'
import { limitEntries } from '#src/lib/lru-options.ts'
import { neverAborted } from '#src/lib/never-aborted.ts'
import { createSingleFlight } from '#src/lib/single-flight.ts'
import { dayMs, hourMs, minuteMs } from '#src/lib/units.ts'
import { isWithin, toDayWindow } from '#src/query/window.ts'
import type { LogEntry, Store } from '#src/store/store.ts'
import { streamBatches } from '../leads/batches.ts'
import type { Lead, LeadReadContext, LeadReader } from '../leads/reader.ts'
import type { LeadSource } from '../leads/source.ts'
import { getEntryId, getSharedIds, getSightings, groupById, type LeadsById } from './lead-keys.ts'

/** A source of one tenant and the name of its log. */
export interface FeedScope {
  readonly log: string
  readonly source: LeadSource
  readonly context: Pick<LeadReadContext, 'tenant' | 'actingAgent'>
}

/** The result of a poll. It contains personal data and therefore stays in memory. */
export interface Poll {
  /** The start of the read, in milliseconds since 1970. */
  readonly startedAt: number
  /** The first and the last instant that the poll covers. */
  readonly since: number
  readonly until: number
  readonly leads: LeadsById
  /** The id and last position of the log when the read started; null if there was no log. */
  readonly logId: string | null
  readonly loggedSeq: number
}

interface PollCost {
  readonly tenant: string
  readonly at: number
  /** An approximate number of upstream calls. */
  readonly calls: number
}

export interface Poller {
  /**
   * Reads the look-back window and appends unknown leads to the log. Concurrent calls share one read.
   * `startNew`: does not join a read that started before this call.
   */
  poll(scope: FeedScope, options?: { startNew?: boolean }): Promise<Poll>
  /** The last poll of this process. */
  getLastPoll(scope: FeedScope): Poll | undefined
  /** The upstream calls of one poll of each feed that the tenant polled recently. */
  countCallsPerRound(tenant: string): number
  /** Reads the leads created between two instants, both included. */
  readBetween(scope: FeedScope, from: number, to: number): Promise<{ leads: Lead[]; calls: number }>
}

/**
 * Cursors stay valid for this long beyond the look-back. An id that was first seen before that cannot return, even if
 * another clock is days behind: a lead is created at most a day after it was first seen.
 */
const extraRetentionMs = 7 * dayMs

const entriesPerRead = 1_000

/** Longer than the longest poll interval, which is an hour. */
const recentPollMs = 65 * minuteMs

/**
 * `from` is a calendar day. The day of the look-back's start began up to 25 hours earlier, when daylight saving time
 * ends.
 */
export const dayRoundingMs = 25 * hourMs

export const createPoller = (reader: LeadReader, store: Store, lookBackMs: number, now: () => Date): Poller => {
  const polls = new LRUCache<string, Poll>({
    maxSize: 100_000,
    sizeCalculation: ({ leads }) => leads.size + 1,
    // Personal data is dropped soon after the last listener has left.
    ttl: recentPollMs,
    ttlAutopurge: true,
  })
  const costs = new LRUCache<string, PollCost>(limitEntries(10_000))
  const flights = createSingleFlight<Poll>()
  const toPollKey = ({ log, context }: FeedScope): string => `${reader.getAccountId(context.tenant)} ${log}`

  const readBetween: Poller['readBetween'] = async ({ source, context }, from, to) => {
    let calls = 0
    const readContext = {
      ...context,
      signal: neverAborted,
      includeSource: false,
      priority: 'background' as const,
      onRequest: () => {
        calls += 1
      },
    }
    const leads: Lead[] = []
    for await (const batch of reader.stream(source, toDayWindow(from, to), readContext))
      for await (const part of streamBatches(batch)) leads.push(...part.map(parseFragment<Lead>))
    return { leads, calls }
  }

  /** Finds the existing entries of these ids. A scan is sufficient because shared ids are rare. */
  const findLogged = async (log: string, ids: ReadonlySet<string>): Promise<LogEntry[]> => {
    const found: LogEntry[] = []
    for (let after = 0; ids.size > 0; ) {
      const entries = await store.readLog(log, after, entriesPerRead)
      found.push(...entries.filter((entry) => ids.has(getEntryId(entry))))
      const last = entries.at(-1)
      if (!last || entries.length < entriesPerRead) break
      after = last.seq
    }
    return found
  }

  const pollNow = async (scope: FeedScope, key: string): Promise<Poll> => {
    const startedAt = now().getTime()
    const since = startedAt - lookBackMs - dayRoundingMs
    // A visitor's device may have a clock that is ahead, so the window includes the next day.
    const until = startedAt + dayMs
    const state = await store.getLogState(scope.log)
    const { leads: windowLeads, calls } = await readBetween(scope, since, until)
    costs.set(scope.log, { tenant: scope.context.tenant, at: startedAt, calls })
    const leads = windowLeads
      .filter(({ createdAt }) => isWithin({ start: since, end: null }, createdAt))
      .sort(compareOldestFirst)
    const byId = groupById(leads)
    await store.appendNew(scope.log, getSightings(byId, await findLogged(scope.log, getSharedIds(byId))), startedAt)
    await store.trimLog(scope.log, { firstSeenAt: since - extraRetentionMs, createdAt: since })
    const poll = {
      startedAt,
      since,
      until,
      leads: byId,
      logId: state?.logId ?? null,
      loggedSeq: state?.lastSeq ?? 0,
    }
    polls.set(key, poll)
    return poll
  }

  return {
    poll: async (scope, { startNew = false } = {}) => {
      const key = toPollKey(scope)
      if (startNew) await flights.getPending(key)?.catch(() => {})
      return flights.run(() => pollNow(scope, key), key)
    },
    getLastPoll: (scope) => polls.get(toPollKey(scope)),
    countCallsPerRound: (tenant) =>
      [...costs.values()]
        .filter((cost) => cost.tenant === tenant && now().getTime() - cost.at < recentPollMs)
        .reduce((sum, { calls }) => sum + calls, 0),
    readBetween,
  }
}

const compareOldestFirst = (a: Lead, b: Lead): number =>
  (a.createdAt ?? '') < (b.createdAt ?? '') ? -1 : a.createdAt === b.createdAt ? (a.id < b.id ? -1 : 1) : 1
