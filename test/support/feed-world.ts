import { allGrants, type Caller } from '#src/access-control.ts'
import { createAuthorizer } from '#src/gateway/authorizer.ts'
import { createRequestCache } from '#src/gateway/cache/request-cache.ts'
import type { ClosableIterator } from '#src/gateway/concurrency-limits.ts'
import { createSigner } from '#src/gateway/crypto/signing.ts'
import { createLeadFeed, type FeedRequest, type FeedSettings, type LiveEvent } from '#src/gateway/feed/index.ts'
import type { Lead, LeadReader } from '#src/gateway/leads/reader.ts'
import { isWithin } from '#src/query/window.ts'
import type { LogEntry, Store } from '#src/store/store.ts'

export const secondMs = 1_000
export const hourMs = 3_600_000
export const dayMs = 24 * hourMs
export const lookBackMs = 7 * dayMs

/** A lead of the simulated upstream. `tick` gives the order of all changes. */
export interface Row {
  id: string
  /** Default: the id. */
  name?: string
  createdAt: number | null
  arrivedAt: number
  deletedAt: number | null
}

/** A complete reading. */
export interface ReadingSpan {
  startedAt: number
  endedAt: number
  ids: Set<string>
}

export interface FeedWorld {
  clock: number
  tick: number
  readonly rows: Row[]
  readonly readings: ReadingSpan[]
  /** All entries that the log ever had, including dropped ones, from position 1 on. */
  readonly loggedEntries: LogEntry[]
}

export const createFeedWorld = (): FeedWorld => ({
  clock: Date.parse('2026-11-21T12:00:00Z'),
  tick: 0,
  rows: [],
  readings: [],
  loggedEntries: [],
})

const toLead = ({ id, name = id, createdAt }: Row): Lead =>
  ({ id, fullName: name, createdAt: createdAt === null ? null : new Date(createdAt).toISOString() }) as Lead

/** A simulated process. A test can pause it between reading and returning, and make it fail. */
export interface Replica {
  skew: number
  /** Readings outside the look-back are not counted. */
  gate: { opened: Promise<void>; open: () => void } | null
  failures: number
  readonly streams: { from: number; to: number }[]
  feed: ReturnType<typeof createLeadFeed>
}

const createReader = (world: FeedWorld, replica: () => Replica): LeadReader => {
  const stream: LeadReader['stream'] = async function* (_source, window) {
    const { gate, failures, streams } = replica()
    const startedAt = world.tick++
    const span = { start: window.start as number, end: window.end as number }
    streams.push({ from: span.start, to: span.end })
    const matches = world.rows.filter((row) => row.deletedAt === null && isWithin(window, toLead(row).createdAt))
    const half = Math.ceil(matches.length / 2)
    yield matches.slice(0, half).map(toLead)
    await gate?.opened
    if (failures > 0) {
      replica().failures -= 1
      throw new Error('the upstream fails')
    }
    yield matches.slice(half).map(toLead)
    // An additional reading of old leads is not a poll.
    if (span.end - span.start < lookBackMs) return
    world.readings.push({ startedAt: startedAt, endedAt: world.tick++, ids: new Set(matches.map(({ id }) => id)) })
  }
  return { stream, getAccountId: (tenant) => tenant } as LeadReader
}

/** Remembers the entries of the log before it was trimmed. */
export const createRecordingStore = (store: Store, { loggedEntries }: FeedWorld): Store => ({
  ...store,
  appendNew: async (log, sightings, now) => {
    const state = await store.appendNew(log, sightings, now)
    const entries = await store.readLog(log, loggedEntries.length, 100_000)
    // Another replica may already have returned some of them.
    loggedEntries.push(...entries.filter(({ seq }) => seq > loggedEntries.length))
    return state
  },
})

const noOwners = {
  getPropertyAgent: async () => 'agent1@example.com',
  getBrokerageAgents: async () => new Set<string>(),
}

const authority = createAuthorizer(noOwners)

const signer = createSigner([Buffer.alloc(32, 7)])

const defaults: FeedSettings = { lookBackMs, minIntervalMs: secondMs, maxIntervalMs: secondMs, heartbeatMs: secondMs }

export const createReplica = (
  world: FeedWorld,
  store: Store,
  skew = 0,
  settings: Partial<FeedSettings> = {},
): Replica => {
  const replica = { skew, gate: null, failures: 0, streams: [] } as unknown as Replica
  replica.feed = createLeadFeed({
    authorizer: authority,
    ownership: {} as never,
    joinProperties: async (leads) => leads,
    reader: createReader(world, () => replica),
    store,
    signer,
    settings: { ...defaults, ...settings },
    getUsage: () => ({ hourlyBudget: 12_000, usedThisHour: 0 }),
    reportFailure: () => {},
    now: () => new Date(world.clock + skew),
  })
  return replica
}

const caller: Caller = { tenant: 't', client: 'c', scopes: new Set(), grants: allGrants }

const call = { caller, signal: new AbortController().signal, requestCache: createRequestCache() }

export const readFeed = (replica: Replica, query: FeedRequest): Promise<{ data: Lead[]; cursor: string }> =>
  replica.feed.read({ brokerageId: 'b1', ...query }, { ...call, includeSource: false, includeProperty: false })

/** Yields events until the signal aborts. */
export const listenTo = (
  replica: Replica,
  query: FeedRequest,
  signal: AbortSignal,
): Promise<ClosableIterator<LiveEvent>> =>
  replica.feed.listen(
    { brokerageId: 'b1', ...query },
    { ...call, signal, includeSource: false, includeProperty: false },
  )

/** The lease of the poller of feed `b1`. */
export const leaseKey = `poller ${JSON.stringify(['feed', 't', 'brokerage', 'b1'])}`

/** The position in a cursor. */
export const getSequence = (cursor: string): number =>
  JSON.parse(Buffer.from(cursor.split('.')[0] as string, 'base64url').toString())[2]
