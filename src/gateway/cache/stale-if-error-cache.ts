import { LRUCache } from 'lru-cache'
import { estimateBytes } from '#src/json/estimated-size.ts'
import { deepFreeze } from '#src/lib/deep-freeze.ts'
import { expireAfter } from '#src/lib/lru-options.ts'
import { createSingleFlight } from '#src/lib/single-flight.ts'
import { MiB, minuteMs } from '#src/lib/units.ts'
import type { Problem } from '#src/problems.ts'
import type { CacheOutcome } from '#src/upstream-observer.ts'
import { isOutage, wasUpstreamCalled } from './outage.ts'
import type { CacheResult, MaybePromise, MissReason, RequestCache } from './request-cache.ts'

export interface Freshness {
  /** Cached values younger than this are used without an upstream call. */
  readonly freshMs: number
  /** During an outage, values up to this age are used. 0 disables this. */
  readonly staleMs: number
  /** Ignores `Cache-Control: no-cache` of the client. */
  readonly ignoreNoCache?: true
}

interface CacheLimits {
  maxEntries: number
  maxBytes: number
}

/** The upstream results of one tenant. Each tenant has its own cache, so tenants cannot evict each other's entries. */
export interface StaleIfErrorCache {
  /** The cache key consists of `operation` and `argumentKey`, which must include everything that changes the result. */
  read<T>(
    operation: string,
    argumentKey: string,
    freshness: Freshness,
    requestCache: RequestCache,
    load: () => Promise<T>,
  ): MaybePromise<CacheResult<T>>
  /** True if a read needs no upstream call. */
  has(operation: string, argumentKey: string, freshness: Freshness, requestCache: RequestCache): boolean
}

/** A read that needs an upstream call. */
interface Miss {
  readonly operation: string
  readonly name: string
  readonly freshness: Freshness
  readonly requestCache: RequestCache
  readonly reason: MissReason
}

interface CacheEntry {
  readonly value: unknown
  /** The start of the upstream call: the value may be outdated by the time that it arrives. */
  readonly requestedAt: number
}

const defaultLimits: CacheLimits = { maxEntries: 10_000, maxBytes: 32 * MiB }

const hitSource = { kind: 'hit' } as const

/** The longest `staleMs` in use; older entries are never read. */
const maxAgeMs = 15 * minuteMs

export const createStaleIfErrorCache = (
  now: () => number,
  limits = defaultLimits,
  observe: (operation: string, outcome: CacheOutcome) => void = () => {},
): StaleIfErrorCache => {
  // A minimum size per entry limits the number of entries. The option `max` would allocate memory for all of them in
  // advance.
  const minEntryBytes = Math.max(1, Math.floor(limits.maxBytes / limits.maxEntries))
  const entries = new LRUCache<string, CacheEntry>({
    maxSize: limits.maxBytes,
    sizeCalculation: ({ value }) => Math.max(minEntryBytes, estimateBytes(value)),
    ...expireAfter(maxAgeMs, now),
  })

  /** Upstream calls in progress. Client disconnects never abort them, because other requests may wait for them. */
  const flights = createSingleFlight<CacheEntry>()

  const fetchEntry = async (name: string, load: () => Promise<unknown>): Promise<CacheEntry> => {
    const requestedAt = now()
    try {
      const entry = { value: deepFreeze(await load()), requestedAt }
      entries.set(name, entry)
      return entry
    } catch (error) {
      // The upstream rejected the request, so the earlier value is no longer valid.
      if (!isOutage(error)) entries.delete(name)
      throw error
    }
  }

  const getAgeMs = ({ requestedAt }: CacheEntry): number => now() - requestedAt

  const isFresh = (entry: CacheEntry | undefined, { freshMs }: Freshness): entry is CacheEntry =>
    entry !== undefined && getAgeMs(entry) < freshMs

  const toResult = <T>(
    entry: CacheEntry,
    { freshMs }: Freshness,
    source: CacheResult<T>['source'],
  ): CacheResult<T> => ({
    value: entry.value as T,
    ageMs: getAgeMs(entry),
    freshMs,
    source,
  })

  /** Concurrent requests for the same key share one upstream call. */
  const fetchOnce = async <T>(
    name: string,
    freshness: Freshness,
    reason: MissReason,
    load: () => Promise<T>,
  ): Promise<CacheResult<T>> => {
    const isCollapsed = flights.getPending(name) !== undefined
    const entry = await flights.run(() => fetchEntry(name, load), name)
    return toResult(entry, freshness, { kind: 'miss', reason, isCollapsed, isStored: entries.peek(name) === entry })
  }

  const fetchForRequest = async <T>(
    { operation, name, freshness, requestCache, reason }: Miss,
    load: () => Promise<T>,
  ): Promise<CacheResult<T>> => {
    try {
      const result = await fetchOnce(name, freshness, reason, load)
      requestCache.results ??= new Map()
      requestCache.results.set(name, result)
      return result
    } catch (error) {
      // A client that sends `no-cache` gets an error instead of a stale value.
      if (isBypassed(requestCache, freshness)) throw error
      const result = getStale<T>(name, freshness, error)
      observe(operation, 'stale')
      return result
    }
  }

  const getStale = <T>(name: string, freshness: Freshness, error: unknown): CacheResult<T> => {
    const entry = entries.peek(name)
    if (!entry || !isOutage(error) || getAgeMs(entry) > freshness.staleMs) throw error
    return toResult(entry, freshness, {
      kind: 'stale',
      problem: error as Problem,
      wasUpstreamCalled: wasUpstreamCalled(error),
    })
  }

  return {
    read: <T>(
      operation: string,
      argumentKey: string,
      freshness: Freshness,
      requestCache: RequestCache,
      load: () => Promise<T>,
    ) => {
      const name = toCacheKey(operation, argumentKey)
      const ownResult = requestCache.results?.get(name)
      if (ownResult) return { ...(ownResult as CacheResult<T>), freshMs: freshness.freshMs }
      const entry = entries.get(name)
      const isHit = isFresh(entry, freshness) && !isBypassed(requestCache, freshness)
      observe(operation, isHit ? 'hit' : 'miss')
      if (isHit) return toResult<T>(entry, freshness, hitSource)
      const reason = entry === undefined ? 'uri-miss' : isFresh(entry, freshness) ? 'request' : 'stale'
      return fetchForRequest({ operation, name, freshness, requestCache, reason }, load)
    },
    has: (operation, argumentKey, freshness, { bypassCache, results }) => {
      const key = toCacheKey(operation, argumentKey)
      return results?.has(key) === true || (!bypassCache && isFresh(entries.peek(key), freshness))
    },
  }
}

const toCacheKey = (operation: string, argumentKey: string): string => `${operation}\n${argumentKey}`

const isBypassed = ({ bypassCache }: RequestCache, { ignoreNoCache }: Freshness): boolean =>
  bypassCache && !ignoreNoCache
