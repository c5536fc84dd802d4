import { randomUUID } from 'node:crypto'
import { neverAborted } from '#src/lib/never-aborted.ts'
import { createParameterProblem, Problem, type RequestPart } from '#src/problems.ts'
import type { Store } from '#src/store/store.ts'
import type { Authorizer } from '../authorizer.ts'
import { createRequestCache } from '../cache/request-cache.ts'
import {
  type ClosableIterator,
  type ConcurrencyLevel,
  type ConcurrencyLimits,
  createConcurrencyLimiter,
  withCleanup,
} from '../concurrency-limits.ts'
import type { Signer } from '../crypto/signing.ts'
import type { JoinProperties } from '../leads/property-join.ts'
import type { Lead, LeadReader } from '../leads/reader.ts'
import { type LeadSourceQuery, parseLeadSource } from '../leads/source.ts'
import type { Ownership } from '../ownership.ts'
import type { RequestContext } from '../request-context.ts'
import type { LiveEvent, SharedBatch } from './channel.ts'
import { createLiveFeed } from './live.ts'
import { toLogName } from './log-name.ts'
import { createFeedLogReader, type Delivery, type FeedQuery } from './log-reader.ts'
import { getPollIntervalMs, type HourlyUsage, type PollIntervalSettings } from './poll-interval.ts'
import { createPoller, type FeedScope } from './poller.ts'
import { createTickets } from './tickets.ts'

export type { LiveEvent } from './channel.ts'

export interface FeedSettings extends PollIntervalSettings {
  /** Milliseconds. */
  lookBackMs: number
  heartbeatMs: number
  /** Overrides the maximum time between two checks of the log for new entries. */
  logCheckIntervalMs?: number | undefined
  /** Overrides the limits for open live feeds. */
  streams?: Partial<ConcurrencyLimits>
}

interface FeedOptions {
  authorizer: Authorizer
  ownership: Pick<Ownership, 'getPropertyAgent'>
  joinProperties: JoinProperties
  reader: LeadReader
  store: Store
  signer: Signer
  settings: FeedSettings
  getUsage: (tenant: string) => HourlyUsage
  reportFailure: (error: unknown) => void
  now: () => Date
}

export type FeedRequest = LeadSourceQuery & FeedQuery

const defaultLimit = 50

/**
 * A stream costs memory and a write for each event. These limits allow hundreds of browsers with tickets of one client.
 */
export const streamLimits: ConcurrencyLimits = { client: 500, tenant: 1_000, process: 2_000 }

const retryAfterSeconds = 15

/** Delivers each new lead of a source exactly once, by polling or live. */
export const createLeadFeed = (options: FeedOptions) => {
  const { authorizer, ownership, joinProperties, reader, store, signer, settings, getUsage, reportFailure, now } =
    options
  const poller = createPoller(reader, store, settings.lookBackMs, now)
  const feed = createFeedLogReader(store, poller, signer, settings.lookBackMs, now)
  const tickets = createTickets(signer, now)
  const limits = { ...streamLimits, ...settings.streams }
  const limiter = createConcurrencyLimiter(limits)

  const createLimitProblem = (level: ConcurrencyLevel): Problem =>
    new Problem(level === 'client' ? 'rate-limited' : 'overloaded', {
      detail: `This ${level} already has ${limits[level]} live feeds open. Close one, or try again later.`,
      retryAfter: retryAfterSeconds,
    })

  const getIntervalMs = ({ context: { tenant } }: FeedScope): number =>
    getPollIntervalMs(settings, {
      callsPerRound: poller.countCallsPerRound(tenant),
      ...getUsage(tenant),
      now: now().getTime(),
    })
  const { heartbeatMs, logCheckIntervalMs } = settings
  const live = createLiveFeed(store, poller, feed, {
    owner: randomUUID(),
    getPollIntervalMs: getIntervalMs,
    heartbeatMs,
    logCheckIntervalMs,
    reportFailure,
  })

  const getScope = async (
    query: LeadSourceQuery,
    { caller, requestCache }: Pick<RequestContext, 'caller' | 'requestCache'>,
    part?: RequestPart,
  ): Promise<FeedScope> => {
    const source = parseLeadSource(query, part)
    if (source.kind !== 'property' && query.sid !== undefined)
      throw createParameterProblem(
        'sid',
        'cannot be combined with brokerageId or teamId: the feed has no filters',
        part,
      )
    const { tenant, onlyFeed } = caller
    const { actingAgent } = query
    const log = toLogName(source, { tenant, actingAgent })
    if (onlyFeed !== undefined && onlyFeed !== log) {
      throw new Problem('forbidden', {
        detail: 'The ticket is for another feed. Request one for this feed with POST /leads/feed/tickets.',
      })
    }
    await authorizer.requireLeads(caller, source, actingAgent, requestCache)
    // Polls have no request: with `no-cache`, they must not rely on an earlier answer that the property is unknown.
    if (requestCache.bypassCache && source.kind === 'property' && actingAgent === undefined) {
      // biome-ignore lint/nursery/noFloatingPromises: the promise is awaited
      await ownership.getPropertyAgent(tenant, source.id, requestCache)
    }
    return { log, source, context: { tenant, actingAgent } }
  }

  /** Uses the rights of that moment. A stream cannot be rejected midway, so only the length of a batch bounds the reads. */
  const createCompletion = (call: RequestContext) => async (batch: SharedBatch) => {
    if (!call.includeProperty) return batch
    const { caller, includeProperty, includeSource } = call
    const leads = await joinProperties(
      batch.events.map(({ lead }) => lead),
      { caller, includeProperty, includeSource, requestCache: createRequestCache() },
      Number.POSITIVE_INFINITY,
    )
    return { ...batch, events: batch.events.map((event, index) => ({ ...event, lead: leads[index] as Lead })) }
  }

  return {
    /** Returns the next leads and the cursor after them. The list is empty if there are no new leads. */
    read: async (query: FeedRequest, call: RequestContext): Promise<{ data: Lead[]; cursor: string }> => {
      const scope = await getScope(query, call)
      const deliveries: Delivery[] = []
      const limit = query.limit ?? defaultLimit
      let position = await feed.resolveStart(scope, query)
      for (let hasMore = true; hasMore && deliveries.length < limit; ) {
        const batch = await feed.next(scope, position, limit - deliveries.length)
        deliveries.push(...batch.deliveries)
        ;({ position, hasMore } = batch)
      }
      const data = await joinProperties(
        deliveries.map(({ lead }) => lead),
        call,
      )
      return { data, cursor: feed.toCursor(position) }
    },
    listen: async (query: FeedRequest, call: RequestContext): Promise<ClosableIterator<LiveEvent>> => {
      const scope = await getScope(query, call)
      const release = limiter.acquire(call.caller)
      if (typeof release === 'string') throw createLimitProblem(release)
      try {
        const signals = { clientSignal: call.signal, expirySignal: call.expirySignal ?? neverAborted }
        return withCleanup(await live.listen(scope, query, signals, createCompletion(call)), release)
      } catch (error) {
        release()
        throw error
      }
    },
    issueTicket: async (query: LeadSourceQuery, call: RequestContext) =>
      tickets.issue(await getScope(query, call, 'body'), call),
    redeem: tickets.redeem,
    /** The number of open live feeds. */
    countListeners: live.countListeners,
    close: live.close,
  }
}
