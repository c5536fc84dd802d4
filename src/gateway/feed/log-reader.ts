import { Problem, refusedParameter } from '#src/problems.ts'
import { dayStartOf } from '#src/query/window.ts'
import type { LogEntry, LogState, Store } from '#src/store/store.ts'
import type { Signer } from '../crypto/signing.ts'
import type { Lead } from '../leads/reader.ts'
import { type Cursor, readCursor, writeCursor } from './cursor.ts'
import { findLead, groupById, type LeadsById } from './lead-keys.ts'
import { dayRounding, type FeedScope, type Poll, type Poller } from './poller.ts'

export interface FeedQuery {
  after?: string
  from?: string
  timeZone?: string
  limit?: number
}

/** A lead with the cursor after it. */
export interface Delivery {
  lead: Lead
  cursor: string
}

export interface Batch {
  deliveries: Delivery[]
  /** The position after all that was looked at; further than the last delivery where leads were left out. */
  position: Cursor
  /** There is more in the log. */
  hasMore: boolean
}

export interface Feed {
  /** Where a reader begins: at a cursor, at a day, or now. Asks upstream if nobody did for some milliseconds. */
  begin(scope: FeedScope, query: FeedQuery, freshWithin?: number): Promise<Cursor>
  /** The next leads after a position, at most `limit`. Reads the log, and of the upstream what it must. */
  next(scope: FeedScope, position: Cursor, limit: number): Promise<Batch>
  cursorOf(position: Cursor): string
}

/** Milliseconds; a poll younger than this is not repeated. */
export const freshFor = 5_000

export const createFeed = (store: Store, poller: Poller, signer: Signer, lookBack: number, now: () => Date): Feed => {
  /** What seems to lie ahead of us comes of a clock that was wrong, and may be of any age. */
  const isFresh = (instant: number, within = freshFor): boolean => {
    const age = now().getTime() - instant
    return age >= 0 && age < within
  }

  const stateAfterPoll = async (scope: FeedScope, within: number): Promise<LogState> => {
    const state = await store.logState(scope.log)
    if (state && isFresh(state.polledAt, within)) return state
    await poller.poll(scope)
    return (await store.logState(scope.log)) as LogState
  }

  /** The leads of the entries that are still there upstream, with what they hold now. */
  const leadsOf = async (
    scope: FeedScope,
    logId: string,
    entries: readonly LogEntry[],
  ): Promise<ReadonlyMap<LogEntry, Lead>> => {
    const last = poller.last(scope)
    const isEnough = last && isFresh(last.begunAt) && entries.every((entry) => tellsOf(last, logId, entry))
    const poll = isEnough ? last : await poller.poll(scope, { afresh: true })
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

  const expired = (): Problem =>
    new Problem('cursor-expired', {
      detail: 'The cursor has expired. Start again without after, or with from.',
    })

  /** Throws where some of what came after a position may be forgotten. */
  const remembered = (position: Cursor, state: LogState | null): Cursor => {
    const { logId, seq } = position
    if (state?.logId !== logId || seq < state.trimmedTo || seq > state.lastSeq) throw expired()
    return position
  }

  return {
    cursorOf: (position) => writeCursor(signer, position),

    begin: async (scope, { after, from, timeZone }, freshWithin = freshFor) => {
      const cursor = after === undefined ? null : readCursor(signer, after, scope.log)
      // A browser that reconnects sends its cursor beside the day that it once began at, however long ago that was.
      const since =
        cursor || from === undefined ? null : beginningOf(from, timeZone, now().getTime() - lookBack - dayRounding)
      const state = await stateAfterPoll(scope, freshWithin)
      if (cursor) return remembered(cursor, state)
      const { logId, lastSeq, trimmedTo } = state
      if (since === null) return { log: scope.log, logId, seq: lastSeq }
      return { log: scope.log, logId, seq: trimmedTo, begun: { from: since, until: lastSeq } }
    },

    next: async (scope, position, limit) => {
      const entries = await store.readLog(scope.log, position.seq, limit)
      // Looked at last: the log may have been trimmed, or lost and begun anew, since the reader began.
      remembered(position, await store.logState(scope.log))
      const wanted = entries.filter((entry) => belongs(entry, position))
      const leads = wanted.length > 0 ? await leadsOf(scope, position.logId, wanted) : new Map<LogEntry, Lead>()
      const deliveries = wanted.flatMap((entry): Delivery[] => {
        const lead = leads.get(entry)
        return lead ? [{ lead, cursor: writeCursor(signer, { ...position, seq: entry.seq }) }] : []
      })
      const seq = entries.at(-1)?.seq ?? position.seq
      return { deliveries, position: { ...position, seq }, hasMore: entries.length === limit }
    },
  }
}

/** The entry's lead lies outside of what the poll read: it must be read by itself. */
const isOutside = ({ since, until, leads }: Poll, entry: LogEntry): boolean => {
  const { createdAt } = entry
  return createdAt !== null && (createdAt < since || createdAt > until) && !findLead(leads, entry)
}

/**
 * Whether a poll says what became of an entry's lead: it holds the lead, or did not look there, or lacks it. To lack it
 * says something only if the reading began after the entry was written, perhaps by another process.
 */
const tellsOf = (poll: Poll, logId: string, entry: LogEntry): boolean =>
  findLead(poll.leads, entry) !== undefined ||
  isOutside(poll, entry) ||
  (poll.logId === logId && entry.seq <= poll.logged)

/** A time that cannot be read gives way to that of the first sighting. */
const belongs = ({ seq, createdAt, firstSeenAt }: LogEntry, { begun }: Cursor): boolean =>
  !begun || seq > begun.until || (createdAt ?? firstSeenAt) >= begun.from

const beginningOf = (from: string, timeZone: string | undefined, earliest: number): number => {
  const start = dayStartOf(from, timeZone)
  if (start >= earliest) return start
  throw refusedParameter(
    'from',
    `lies further back than a feed looks: begin after ${new Date(earliest).toISOString().slice(0, 10)}`,
  )
}
