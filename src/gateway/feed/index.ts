import { randomUUID } from 'node:crypto'
import { Problem } from '#src/problems.ts'
import type { Store } from '#src/store/store.ts'
import type { Authority } from '../authorizer.ts'
import { createPlaces, type EndedIteration, type PlaceLevel, type PlaceLimits, withEnd } from '../concurrency-limits.ts'
import type { Signer } from '../crypto/signing.ts'
import type { Lead, LeadReader } from '../leads/reader.ts'
import { type LeadSourceQuery, leadSourceOf } from '../leads/source.ts'
import type { Call } from '../request-context.ts'
import { createLiveFeed, type LiveEvent } from './live.ts'
import { createFeed, type Delivery, type FeedQuery } from './log-reader.ts'
import { type HourlyUsage, type PaceSettings, paceOf } from './poll-interval.ts'
import { createPoller, type FeedScope } from './poller.ts'
import { createTickets } from './tickets.ts'

export type { LiveEvent } from './live.ts'

export interface FeedSettings extends PaceSettings {
  /** Milliseconds. */
  lookBack: number
  heartbeat: number
  /** Other limits for live feeds that are open at the same time. */
  streams?: Partial<PlaceLimits>
}

export interface FeedOptions {
  authority: Authority
  reader: LeadReader
  store: Store
  signer: Signer
  settings: FeedSettings
  usageOf: (tenant: string) => HourlyUsage
  reportFailure: (error: unknown) => void
  now: () => Date
}

export type FeedRequest = LeadSourceQuery & FeedQuery

const defaultLimit = 50

/** A stream costs memory, and each event a write. A few hundred browsers can watch with tickets of one client. */
const defaultLimits: PlaceLimits = { client: 500, tenant: 1_000, process: 2_000 }

const secondsUntilPlace = 15

const neverAborted = new AbortController().signal

/** New leads of a source, each exactly once: on request, or live. */
export const createLeadFeed = (options: FeedOptions) => {
  const { authority, reader, store, signer, settings, usageOf, reportFailure, now } = options
  const poller = createPoller(reader, store, settings.lookBack, now)
  const feed = createFeed(store, poller, signer, settings.lookBack, now)
  const tickets = createTickets(signer, now)
  const limits = { ...defaultLimits, ...settings.streams }
  const places = createPlaces(limits)

  const noPlace = (level: PlaceLevel): Problem =>
    new Problem(level === 'client' ? 'rate-limited' : 'overloaded', {
      detail: `This ${level} already has ${limits[level]} live feeds open. Close one, or try again later.`,
      retryAfter: secondsUntilPlace,
    })

  const pace = ({ read: { tenant } }: FeedScope): number =>
    paceOf(settings, {
      callsPerRound: poller.callsPerRound(tenant),
      ...usageOf(tenant),
      now: now().getTime(),
    })
  const { heartbeat } = settings
  const live = createLiveFeed(store, poller, feed, { owner: randomUUID(), pace, heartbeat, reportFailure })

  const scopeOf = async (query: LeadSourceQuery, { caller }: Pick<Call, 'caller'>): Promise<FeedScope> => {
    const source = leadSourceOf(query)
    const { tenant, onlyFeed } = caller
    const { actingAgent } = query
    // What one agent's token shows is no answer to who asks as another.
    const log = JSON.stringify(['feed', tenant, source.kind, source.id, ...(actingAgent ? [actingAgent] : [])])
    if (onlyFeed !== undefined && onlyFeed !== log) {
      throw new Problem('forbidden', {
        detail: 'The ticket is for another feed. Request one for this feed with POST /leads/feed/tickets.',
      })
    }
    await authority.leads(caller, source, actingAgent)
    return { log, source, read: { tenant, actingAgent } }
  }

  return {
    /** The next leads and the cursor after them; no leads: there are none for now. */
    read: async (query: FeedRequest, call: Call): Promise<{ data: Lead[]; cursor: string }> => {
      const scope = await scopeOf(query, call)
      const deliveries: Delivery[] = []
      const limit = query.limit ?? defaultLimit
      let position = await feed.begin(scope, query)
      for (let hasMore = true; hasMore && deliveries.length < limit; ) {
        const batch = await feed.next(scope, position, limit - deliveries.length)
        deliveries.push(...batch.deliveries)
        ;({ position, hasMore } = batch)
      }
      return { data: deliveries.map(({ lead }) => lead), cursor: feed.cursorOf(position) }
    },
    listen: async (query: FeedRequest, call: Call): Promise<EndedIteration<LiveEvent>> => {
      const scope = await scopeOf(query, call)
      const leave = places.take(call.caller)
      if (typeof leave === 'string') throw noPlace(leave)
      try {
        const until = { left: call.signal, ended: call.ended ?? neverAborted }
        return withEnd(await live.listen(scope, query, until), leave)
      } catch (error) {
        leave()
        throw error
      }
    },
    issueTicket: async (query: LeadSourceQuery, call: Call) => tickets.issue(await scopeOf(query, call), call),
    redeem: tickets.redeem,
    /** How many live feeds somebody listens to. */
    listeners: live.listeners,
    close: live.close,
  }
}
