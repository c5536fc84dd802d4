import { LRUCache } from 'lru-cache'
import { parseFragment } from '#src/json/fragment.ts'
import { isWithin, toDayWindow } from '#src/query/window.ts'
import type { LogEntry, Store } from '#src/store/store.ts'
import { streamInParts } from '../leads/batches.ts'
import type { Lead, LeadReadContext, LeadReader } from '../leads/reader.ts'
import type { LeadSource } from '../leads/source.ts'
import { getEntryId, getSharedIds, getSightings, groupById, type LeadsById } from './lead-keys.ts'

/** One tenant's source, and the log of what was seen of it. */
export interface FeedScope {
  readonly log: string
  readonly source: LeadSource
  readonly context: Pick<LeadReadContext, 'tenant' | 'actingAgent'>
}

/** What a poll saw. Personal data: it stays in this process. */
export interface Poll {
  /** When the reading began, milliseconds since 1970. */
  readonly startedAt: number
  /** The first instant that it covers, and the last. */
  readonly since: number
  readonly until: number
  readonly leads: LeadsById
  /** The log when the reading began, and its last position; null: there was none. */
  readonly logId: string | null
  readonly loggedSeq: number
}

/** What a poll cost. */
interface PollCost {
  readonly tenant: string
  readonly at: number
  /** About as many calls as it took. */
  readonly calls: number
}

export interface Poller {
  /**
   * Reads the look-back and appends what the log does not hold; one reading at a time however many ask.
   * `afresh`: a reading that was under way before the call will not do.
   */
  poll(scope: FeedScope, options?: { afresh?: boolean }): Promise<Poll>
  /** The last poll that this process made. */
  getLastPoll(scope: FeedScope): Poll | undefined
  /** What one poll of every feed costs that a tenant had polled lately. */
  countCallsPerRound(tenant: string): number
  /** The leads of a scope created between two instants, both included, as the upstream holds them now. */
  readBetween(scope: FeedScope, from: number, to: number): Promise<{ leads: Lead[]; calls: number }>
}

const dayMs = 86_400_000

/**
 * Cursors are valid for this much longer than the look-back. An id that was first seen so long ago cannot come back, even
 * if another clock is days behind: its lead was created at most a day after it was seen.
 */
const extraMemoryMs = 7 * dayMs

const entriesPerRead = 1_000

/** Longer than the longest silence of a feed that somebody listens to, which is an hour. */
const recentPollMs = 65 * 60_000

/** `from` is a calendar day: the one on which the look-back begins may have begun a day before, in summer time 25 hours. */
export const dayRoundingMs = 25 * 3_600_000

export const createPoller = (reader: LeadReader, store: Store, lookBackMs: number, now: () => Date): Poller => {
  const polls = new LRUCache<string, Poll>({
    maxSize: 100_000,
    sizeCalculation: ({ leads }) => leads.size + 1,
    // Personal data: gone soon after nobody listens any more.
    ttl: recentPollMs,
    ttlAutopurge: true,
  })
  const costs = new LRUCache<string, PollCost>({ maxSize: 10_000, sizeCalculation: () => 1 })
  const inFlight = new Map<string, Promise<Poll>>()

  const readBetween: Poller['readBetween'] = async ({ source, context }, from, to) => {
    let calls = 0
    const readContext = {
      ...context,
      signal: new AbortController().signal,
      includeSource: false,
      priority: 'background' as const,
      onRequest: () => {
        calls += 1
      },
    }
    const leads: Lead[] = []
    for await (const some of reader.stream(source, toDayWindow(from, to), readContext))
      for await (const part of streamInParts(some)) leads.push(...part.map(parseFragment<Lead>))
    return { leads, calls }
  }

  /** What a log holds of some ids. It has no index: shared ids are rare. */
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

  const pollNow = async (scope: FeedScope): Promise<Poll> => {
    const startedAt = now().getTime()
    const since = startedAt - lookBackMs - dayRoundingMs
    // A visitor's tablet may be ahead of us: tomorrow is read too.
    const until = startedAt + dayMs
    const state = await store.getLogState(scope.log)
    const { leads: windowLeads, calls } = await readBetween(scope, since, until)
    costs.set(scope.log, { tenant: scope.context.tenant, at: startedAt, calls })
    const leads = windowLeads
      .filter(({ createdAt }) => isWithin({ start: since, end: null }, createdAt))
      .sort(compareOldestFirst)
    const byId = groupById(leads)
    await store.appendNew(scope.log, getSightings(byId, await findLogged(scope.log, getSharedIds(byId))), startedAt)
    await store.trimLog(scope.log, { firstSeenAt: since - extraMemoryMs, createdAt: since })
    const poll = {
      startedAt,
      since,
      until,
      leads: byId,
      logId: state?.logId ?? null,
      loggedSeq: state?.lastSeq ?? 0,
    }
    polls.set(scope.log, poll)
    return poll
  }

  return {
    poll: async (scope, { afresh = false } = {}) => {
      const earlier = inFlight.get(scope.log)
      if (earlier && !afresh) return earlier
      await earlier?.catch(() => {})
      const current = inFlight.get(scope.log)
      if (current) return current
      const poll = pollNow(scope).finally(() => inFlight.delete(scope.log))
      inFlight.set(scope.log, poll)
      return poll
    },
    getLastPoll: (scope) => polls.get(scope.log),
    countCallsPerRound: (tenant) =>
      [...costs.values()]
        .filter((cost) => cost.tenant === tenant && now().getTime() - cost.at < recentPollMs)
        .reduce((sum, { calls }) => sum + calls, 0),
    readBetween,
  }
}

const compareOldestFirst = (a: Lead, b: Lead): number =>
  (a.createdAt ?? '') < (b.createdAt ?? '') ? -1 : a.createdAt === b.createdAt ? (a.id < b.id ? -1 : 1) : 1
