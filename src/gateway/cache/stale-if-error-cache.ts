import { LRUCache } from 'lru-cache'
import { estimateBytes } from '#src/json/estimated-size.ts'
import { deepFreeze } from '#src/lib/deep-freeze.ts'
import type { Problem } from '#src/problems.ts'
import type { CacheOutcome } from '#src/upstream-observer.ts'
import { isOutage, wasUpstreamCalled } from './outage.ts'
import type { CacheResult, MissReason, RequestCache } from './request-cache.ts'

/** Milliseconds. */
export interface Freshness {
  /** An answer younger than this is used. */
  readonly freshMs: number
  /** One no older than this stands in where none is to be had; 0: never. */
  readonly staleMs: number
  /** It is used though the client wants an answer of now. */
  readonly ignoreNoCache?: true
}

export interface CacheLimits {
  maxEntries: number
  maxBytes: number
}

/** The upstream answers of one tenant: what he reads pushes out nobody else's. */
export interface StaleIfErrorCache {
  /** `what`: the operation, in words of ours; `which`: everything that changes its answer. */
  read<T>(
    operation: string,
    argumentKey: string,
    freshness: Freshness,
    requestCache: RequestCache,
    load: () => Promise<T>,
  ): Promise<CacheResult<T>>
}

interface CacheEntry {
  readonly value: unknown
  /** Counted from the question on: an answer may have been true then, and no longer when it arrives. */
  readonly requestedAt: number
}

const defaultLimits: CacheLimits = { maxEntries: 10_000, maxBytes: 32 * 1024 * 1024 }

/** No bound is longer: what is older than this is of no use to anybody. */
const maxAgeMs = 15 * 60_000

export const createStaleIfErrorCache = (
  now: () => number,
  limits = defaultLimits,
  observe: (what: string, outcome: CacheOutcome) => void = () => {},
): StaleIfErrorCache => {
  // So that no more than are allowed fit in. A `max` would set the room for all of them aside at once, for every tenant.
  const minEntryBytes = Math.max(1, Math.floor(limits.maxBytes / limits.maxEntries))
  const entries = new LRUCache<string, CacheEntry>({
    maxSize: limits.maxBytes,
    sizeCalculation: ({ value }) => Math.max(minEntryBytes, estimateBytes(value)),
    ttl: maxAgeMs,
    perf: { now },
    ttlResolution: 0,
  })

  /** Questions on their way. Nobody's leaving ends one: others may wait for the same answer. */
  const pendingEntries = new Map<string, Promise<CacheEntry>>()

  const fetchEntry = async (name: string, load: () => Promise<unknown>): Promise<CacheEntry> => {
    const requestedAt = now()
    try {
      const entry = { value: deepFreeze(await load()), requestedAt }
      entries.set(name, entry)
      return entry
    } catch (error) {
      // An answer that denies what was asked for ends the one before.
      if (!isOutage(error)) entries.delete(name)
      throw error
    }
  }

  const getAgeMs = ({ requestedAt }: CacheEntry): number => now() - requestedAt

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

  /** Asks once, however many wait. */
  const fetchOnce = async <T>(
    name: string,
    freshness: Freshness,
    reason: MissReason,
    load: () => Promise<T>,
  ): Promise<CacheResult<T>> => {
    const earlier = pendingEntries.get(name)
    const pendingEntry = earlier ?? fetchEntry(name, load)
    if (!earlier) pendingEntries.set(name, pendingEntry)
    try {
      const entry = await pendingEntry
      const isCollapsed = earlier !== undefined
      return toResult(entry, freshness, { kind: 'miss', reason, isCollapsed, isStored: entries.peek(name) === entry })
    } finally {
      if (pendingEntries.get(name) === pendingEntry) pendingEntries.delete(name)
    }
  }

  const getStale = <T>(name: string, freshness: Freshness, error: unknown): CacheResult<T> => {
    const entry = entries.peek(name)
    if (!entry || !isOutage(error) || getAgeMs(entry) > freshness.staleMs) throw error
    return toResult(entry, freshness, {
      kind: 'stand-in',
      problem: error as Problem,
      wasUpstreamCalled: wasUpstreamCalled(error),
    })
  }

  return {
    read: async <T>(
      operation: string,
      argumentKey: string,
      freshness: Freshness,
      requestCache: RequestCache,
      load: () => Promise<T>,
    ) => {
      const name = `${operation}\n${argumentKey}`
      const own = requestCache.results?.get(name)
      if (own) return { ...(own as CacheResult<T>), freshMs: freshness.freshMs }
      const entry = entries.get(name)
      const isFresh = entry !== undefined && getAgeMs(entry) < freshness.freshMs
      const isBypassed = requestCache.bypassCache && !freshness.ignoreNoCache
      const isHit = isFresh && !isBypassed
      observe(operation, isHit ? 'hit' : 'miss')
      if (isHit) return toResult<T>(entry, freshness, { kind: 'hit' })
      const reason = entry === undefined ? 'uri-miss' : isFresh ? 'request' : 'stale'
      try {
        const result = await fetchOnce(name, freshness, reason, load)
        requestCache.results ??= new Map()
        requestCache.results.set(name, result)
        return result
      } catch (error) {
        // Who insists on a fresh answer gets none that is not.
        if (isBypassed) throw error
        const result = getStale<T>(name, freshness, error)
        observe(operation, 'stale')
        return result
      }
    },
  }
}
