import { LRUCache } from 'lru-cache'
import { wholeOf } from '#src/json/fragment.ts'
import { dayWindowAround, isWithin } from '#src/query/window.ts'
import type { LogEntry, Store } from '#src/store/store.ts'
import { inParts } from '../leads/batches.ts'
import type { Lead, LeadRead, LeadReader } from '../leads/reader.ts'
import type { LeadSource } from '../leads/source.ts'
import { groupById, idOfEntry, type LeadsById, sharedIdsOf, sightingsOf } from './lead-keys.ts'

/** One tenant's source, and the log of what was seen of it. */
export interface FeedScope {
  readonly log: string
  readonly source: LeadSource
  readonly read: Pick<LeadRead, 'tenant' | 'actingAgent'>
}

/** What a poll saw. Personal data: it stays in this process. */
export interface Poll {
  /** When the reading began, milliseconds since 1970. */
  readonly begunAt: number
  /** The first instant that it covers, and the last. */
  readonly since: number
  readonly until: number
  readonly leads: LeadsById
  /** The log when the reading began, and its last position; null: there was none. */
  readonly logId: string | null
  readonly logged: number
}

/** What a poll cost. */
interface Cost {
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
  last(scope: FeedScope): Poll | undefined
  /** What one poll of every feed costs that a tenant had polled lately. */
  callsPerRound(tenant: string): number
  /** The leads of a scope created between two instants, both included, as the upstream holds them now. */
  readBetween(scope: FeedScope, from: number, to: number): Promise<{ leads: Lead[]; calls: number }>
}

const day = 86_400_000

/**
 * Cursors are valid for this much longer than the look-back. An id that was first seen so long ago cannot come back, even
 * if another clock is days behind: its lead was created at most a day after it was seen.
 */
const memoryBeyondLookBack = 7 * day

const entriesARead = 1_000

/** Longer than the longest silence of a feed that somebody listens to, which is an hour. */
const lately = 65 * 60_000

/** `from` is a calendar day: the one on which the look-back begins may have begun a day before, in summer time 25 hours. */
export const dayRounding = 25 * 3_600_000

export const createPoller = (reader: LeadReader, store: Store, lookBack: number, now: () => Date): Poller => {
  const polls = new LRUCache<string, Poll>({
    maxSize: 100_000,
    sizeCalculation: ({ leads }) => leads.size + 1,
    // Personal data: gone soon after nobody listens any more.
    ttl: lately,
    ttlAutopurge: true,
  })
  const costs = new LRUCache<string, Cost>({ maxSize: 10_000, sizeCalculation: () => 1 })
  const underWay = new Map<string, Promise<Poll>>()

  const readBetween: Poller['readBetween'] = async ({ source, read }, from, to) => {
    let calls = 0
    const whole = {
      ...read,
      signal: new AbortController().signal,
      includeSource: false,
      priority: 'background' as const,
      asked: () => {
        calls += 1
      },
    }
    const leads: Lead[] = []
    for await (const some of reader.stream(source, dayWindowAround(from, to), whole))
      for await (const part of inParts(some)) leads.push(...part.map(wholeOf<Lead>))
    return { leads, calls }
  }

  /** What a log holds of some ids. It has no index: shared ids are rare. */
  const loggedOf = async (log: string, ids: ReadonlySet<string>): Promise<LogEntry[]> => {
    const found: LogEntry[] = []
    for (let after = 0; ids.size > 0; ) {
      const entries = await store.readLog(log, after, entriesARead)
      found.push(...entries.filter((entry) => ids.has(idOfEntry(entry))))
      const last = entries.at(-1)
      if (!last || entries.length < entriesARead) break
      after = last.seq
    }
    return found
  }

  const pollNow = async (scope: FeedScope): Promise<Poll> => {
    const begunAt = now().getTime()
    const since = begunAt - lookBack - dayRounding
    // A visitor's tablet may be ahead of us: tomorrow is read too.
    const until = begunAt + day
    const state = await store.logState(scope.log)
    const { leads: seen, calls } = await readBetween(scope, since, until)
    costs.set(scope.log, { tenant: scope.read.tenant, at: begunAt, calls })
    const leads = seen.filter(({ createdAt }) => isWithin({ start: since, end: null }, createdAt)).sort(oldestFirst)
    const byId = groupById(leads)
    await store.appendNew(scope.log, sightingsOf(byId, await loggedOf(scope.log, sharedIdsOf(byId))), begunAt)
    await store.trimLog(scope.log, { firstSeenAt: since - memoryBeyondLookBack, createdAt: since })
    const poll = {
      begunAt,
      since,
      until,
      leads: byId,
      logId: state?.logId ?? null,
      logged: state?.lastSeq ?? 0,
    }
    polls.set(scope.log, poll)
    return poll
  }

  return {
    poll: async (scope, { afresh = false } = {}) => {
      const earlier = underWay.get(scope.log)
      if (earlier && !afresh) return earlier
      await earlier?.catch(() => {})
      const known = underWay.get(scope.log)
      if (known) return known
      const poll = pollNow(scope).finally(() => underWay.delete(scope.log))
      underWay.set(scope.log, poll)
      return poll
    },
    last: (scope) => polls.get(scope.log),
    callsPerRound: (tenant) =>
      [...costs.values()]
        .filter((cost) => cost.tenant === tenant && now().getTime() - cost.at < lately)
        .reduce((sum, { calls }) => sum + calls, 0),
    readBetween,
  }
}

const oldestFirst = (a: Lead, b: Lead): number =>
  (a.createdAt ?? '') < (b.createdAt ?? '') ? -1 : a.createdAt === b.createdAt ? (a.id < b.id ? -1 : 1) : 1
