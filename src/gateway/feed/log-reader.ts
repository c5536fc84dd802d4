import { createParameterProblem, Problem } from '#src/problems.ts'
import { parseDayStart, parseTimeZone } from '#src/query/window.ts'
import type { LogEntry, LogState, Store } from '#src/store/store.ts'
import type { Signer } from '../crypto/signing.ts'
import type { Lead } from '../leads/reader.ts'
import { type Cursor, decodeCursor, encodeCursor } from './cursor.ts'
import { findLead, groupById, type LeadsById } from './lead-keys.ts'
import { dayRoundingMs, type FeedScope, type Poll, type Poller } from './poller.ts'

export interface FeedQuery {
  after?: string
  /** Overrides `after`. */
  lastEventId?: string | undefined
  from?: string
  timeZone?: string
  limit?: number
}

/** A lead and the cursor after it. */
export interface Delivery {
  lead: Lead
  cursor: string
}

export interface Batch {
  deliveries: Delivery[]
  /** The position after all examined entries. It may be past the last delivery, because some entries yield no lead. */
  position: Cursor
  hasMore: boolean
}

/** A younger poll is not repeated. */
export const maxPollAgeMs = 5_000

export const createFeedLogReader = (
  store: Store,
  poller: Poller,
  signer: Signer,
  lookBackMs: number,
  now: () => Date,
) => {
  /** A time in the future comes from a wrong clock, so its age is unknown. */
  const isFresh = (instant: number, maxAgeMs = maxPollAgeMs): boolean => {
    const age = now().getTime() - instant
    return age >= 0 && age < maxAgeMs
  }

  const readRecentState = async (scope: FeedScope, maxAgeMs: number): Promise<LogState> => {
    const state = await store.getLogState(scope.log)
    if (state && isFresh(state.polledAt, maxAgeMs)) return state
    await poller.poll(scope)
    return (await store.getLogState(scope.log)) as LogState
  }

  /** Reads the current leads of entries. Leads that the upstream has deleted are missing. */
  const readLeads = async (
    scope: FeedScope,
    logId: string,
    entries: readonly LogEntry[],
  ): Promise<ReadonlyMap<LogEntry, Lead>> => {
    const last = poller.getLastPoll(scope)
    const isConclusivePoll =
      last && isFresh(last.startedAt) && entries.every((entry) => isConclusive(last, logId, entry))
    const poll = isConclusivePoll ? last : await poller.poll(scope, { startNew: true })
    const times = entries.flatMap((entry) => (isOutside(poll, entry) ? [entry.createdAt as number] : []))
    const others = times.length > 0 ? await poller.readBetween(scope, Math.min(...times), Math.max(...times)) : null
    const older: LeadsById = groupById(others?.leads ?? [])
    const leads = new Map<LogEntry, Lead>()
    for (const entry of entries) {
      const lead = findLead(poll.leads, entry) ?? findLead(older, entry)
      if (lead) leads.set(entry, lead)
    }
    return leads
  }

  const createExpired = (): Problem =>
    new Problem('cursor-expired', {
      detail: 'The cursor has expired. Start again without after, or with from.',
    })

  /** Throws if the log may have lost entries after this position. */
  const requireValidPosition = (position: Cursor, state: LogState | null): Cursor => {
    const { logId, seq } = position
    if (state?.logId !== logId || seq < state.trimmedTo || seq > state.lastSeq) throw createExpired()
    return position
  }

  return {
    toCursor: (position: Cursor): string => encodeCursor(signer, position),

    /**
     * Returns the start position: a cursor, a day or now. Polls the upstream if the last poll is older than `maxAgeMs`.
     */
    resolveStart: async (
      scope: FeedScope,
      { lastEventId, after, from, timeZone }: FeedQuery,
      maxAgeMs = maxPollAgeMs,
    ): Promise<Cursor> => {
      parseTimeZone(timeZone)
      const text = lastEventId ?? after
      const part = lastEventId === undefined ? 'query' : 'header'
      const cursor = text === undefined ? null : decodeCursor(signer, text, scope.log, part)
      // A reconnecting browser sends its cursor together with the original `from`, which may be too old by now.
      const startMs =
        cursor || from === undefined
          ? null
          : parseFeedStart(from, timeZone, now().getTime() - lookBackMs - dayRoundingMs)
      const state = await readRecentState(scope, maxAgeMs)
      if (cursor) return requireValidPosition(cursor, state)
      const { logId, lastSeq, trimmedTo } = state
      if (startMs === null) return { log: scope.log, logId, seq: lastSeq }
      return { log: scope.log, logId, seq: trimmedTo, start: { from: startMs, until: lastSeq } }
    },

    /** Returns at most `limit` leads after a position. Reads the upstream only if the last poll is not sufficient. */
    next: async (scope: FeedScope, position: Cursor, limit: number): Promise<Batch> => {
      const entries = await store.readLog(scope.log, position.seq, limit)
      // Checked after the read, because the log may have been trimmed or recreated in the meantime.
      requireValidPosition(position, await store.getLogState(scope.log))
      const feedEntries = entries.filter((entry) => isInFeed(entry, position))
      const leads =
        feedEntries.length > 0 ? await readLeads(scope, position.logId, feedEntries) : new Map<LogEntry, Lead>()
      const deliveries = feedEntries.flatMap((entry): Delivery[] => {
        const lead = leads.get(entry)
        return lead ? [{ lead, cursor: encodeCursor(signer, { ...position, seq: entry.seq }) }] : []
      })
      const seq = entries.at(-1)?.seq ?? position.seq
      return { deliveries, position: { ...position, seq }, hasMore: entries.length === limit }
    },
  }
}

export type FeedLogReader = ReturnType<typeof createFeedLogReader>

/** True if the lead is older or newer than the window of the poll, and therefore needs a separate read. */
const isOutside = ({ since, until, leads }: Poll, entry: LogEntry): boolean => {
  const { createdAt } = entry
  return createdAt !== null && (createdAt < since || createdAt > until) && !findLead(leads, entry)
}

/**
 * True if the poll decides what became of an entry's lead: the poll has it, excludes its window, or shows that it was
 * deleted.
 * A missing lead was deleted only if the poll started after the entry was written, possibly by another process.
 */
const isConclusive = (poll: Poll, logId: string, entry: LogEntry): boolean =>
  findLead(poll.leads, entry) !== undefined ||
  isOutside(poll, entry) ||
  (poll.logId === logId && entry.seq <= poll.loggedSeq)

/** Leads without a readable creation time count from their first sighting. */
const isInFeed = ({ seq, createdAt, firstSeenAt }: LogEntry, { start }: Cursor): boolean =>
  !start || seq > start.until || (createdAt ?? firstSeenAt) >= start.from

const parseFeedStart = (from: string, timeZone: string | undefined, earliest: number): number => {
  const start = parseDayStart(from, timeZone)
  if (start >= earliest) return start
  throw createParameterProblem(
    'from',
    `lies further back than a feed looks: begin after ${new Date(earliest).toISOString().slice(0, 10)}`,
  )
}
