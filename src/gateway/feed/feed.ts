import { Problem } from '#src/problems.ts'
import { dayStartOf } from '#src/query/window.ts'
import type { LogEntry, LogState, Store } from '#src/store/port.ts'
import type { Lead } from '../leads/reader.ts'
import type { Signer } from '../signing.ts'
import { type Cursor, readCursor, writeCursor } from './cursor.ts'
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
  /** Where a reader begins: at a cursor, at a day, or now. Asks upstream if nobody did for some seconds. */
  begin(scope: FeedScope, query: FeedQuery): Promise<Cursor>
  /** The next leads after a position, at most `limit`. Reads the log, and of the upstream what it must. */
  next(scope: FeedScope, position: Cursor, limit: number): Promise<Batch>
  cursorOf(position: Cursor): string
}

/** Milliseconds; a poll younger than this is not repeated. */
export const freshFor = 5_000

export const createFeed = (store: Store, poller: Poller, signer: Signer, lookBack: number, now: () => Date): Feed => {
  const stateAfterPoll = async (scope: FeedScope): Promise<LogState> => {
    const state = await store.logState(scope.log)
    if (state && now().getTime() - state.polledAt < freshFor) return state
    await poller.poll(scope)
    return (await store.logState(scope.log)) as LogState
  }

  /** Which of the entries are still there upstream, with what they hold now. */
  const leadsOf = async (scope: FeedScope, entries: readonly LogEntry[]): Promise<Map<string, Lead>> => {
    let poll = poller.last(scope)
    const isKnown = ({ id }: LogEntry) => poll?.leads.has(id) ?? false
    if (
      !poll ||
      now().getTime() - poll.begunAt >= freshFor ||
      !entries.every((entry) => isKnown(entry) || isOlder(entry, poll))
    ) {
      // An entry of another process may be younger than our poll. Only a reading begun after the entry tells
      // that its lead was deleted.
      poll = await poller.poll(scope, { afresh: true })
    }
    const leads = new Map(poll.leads)
    const older = entries.filter((entry) => !isKnown(entry) && isOlder(entry, poll))
    const times = older.map(({ createdAt }) => createdAt as number)
    if (times.length === 0) return leads
    const found = await poller.readBetween(scope, Math.min(...times), Math.max(...times))
    for (const lead of found.leads) leads.set(lead.id, lead)
    return leads
  }

  const expired = (): Problem =>
    new Problem('cursor-expired', {
      detail: 'The position of this cursor is no longer remembered. Start again without after, or with from.',
    })

  return {
    cursorOf: (position) => writeCursor(signer, position),

    begin: async (scope, { after, from, timeZone }) => {
      const cursor = after === undefined ? null : readCursor(signer, after, scope.log)
      const since = from === undefined ? null : beginningOf(from, timeZone, now().getTime() - lookBack - dayRounding)
      const { logId, lastSeq, trimmedTo } = await stateAfterPoll(scope)
      if (cursor) {
        if (cursor.logId !== logId || cursor.seq < trimmedTo || cursor.seq > lastSeq) throw expired()
        return cursor
      }
      if (since === null) return { log: scope.log, logId, seq: lastSeq }
      return { log: scope.log, logId, seq: trimmedTo, begun: { from: since, until: lastSeq } }
    },

    next: async (scope, position, limit) => {
      const entries = await store.readLog(scope.log, position.seq, limit)
      const wanted = entries.filter((entry) => belongs(entry, position))
      const leads = wanted.length > 0 ? await leadsOf(scope, wanted) : new Map<string, Lead>()
      const deliveries = wanted.flatMap(({ id, seq }): Delivery[] => {
        const lead = leads.get(id)
        return lead ? [{ lead, cursor: writeCursor(signer, { ...position, seq }) }] : []
      })
      const seq = entries.at(-1)?.seq ?? position.seq
      return { deliveries, position: { ...position, seq }, hasMore: entries.length === limit }
    },
  }
}

const isOlder = ({ createdAt }: LogEntry, poll: Poll | undefined): boolean =>
  createdAt !== null && poll !== undefined && createdAt < poll.since

const belongs = ({ seq, createdAt }: LogEntry, { begun }: Cursor): boolean =>
  !begun || seq > begun.until || createdAt === null || createdAt >= begun.from

const beginningOf = (from: string, timeZone: string | undefined, earliest: number): number => {
  const start = dayStartOf(from, timeZone)
  if (start >= earliest) return start
  const message = `lies further back than a feed looks; begin no earlier than ${new Date(earliest).toISOString()}`
  throw new Problem('invalid-request', { detail: `from ${message}.`, errors: [{ path: 'query/from', message }] })
}
