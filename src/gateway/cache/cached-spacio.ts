import { getOrCreate } from '#src/lib/get-or-create.ts'
import { neverAborted } from '#src/lib/never-aborted.ts'
import { minuteMs } from '#src/lib/units.ts'
import type { CacheObserver } from '#src/upstream-observer.ts'
import type { ReadContext, Spacio, Upstreams } from '#src/upstreams/index.ts'
import type { CacheResult, MaybePromise, RequestCache } from './request-cache.ts'
import { createStaleIfErrorCache, type Freshness, type StaleIfErrorCache } from './stale-if-error-cache.ts'

/** Listings and open houses change slowly and are public, so a stale copy is better than an error. */
const listingFreshness: Freshness = { freshMs: minuteMs, staleMs: 15 * minuteMs }

const agentFreshness: Freshness = { freshMs: 5 * minuteMs, staleMs: 0 }

/**
 * Access decisions use data that is at most five minutes old. `Cache-Control: no-cache` does not refresh it earlier.
 */
export const ownerFreshness: Freshness = { freshMs: 5 * minuteMs, staleMs: 0, ignoreNoCache: true }

/** For values that are copied into another system, so stale copies are not allowed. */
export const copyFreshness: Freshness = { ...listingFreshness, staleMs: 0 }

type Days = Parameters<Spacio['listAgentActivity']>[1]

/**
 * Wraps the reads of Spacio with a cache. Leads and tokens are never cached. Check access before you call it.
 * Results include the wire records and are frozen.
 */
export const createCachedSpacio = (
  upstreams: Pick<Upstreams, 'getSpacio'>,
  nowMs: () => number,
  observe: CacheObserver = () => {},
) => {
  /** Keyed by client, and therefore by tenant and account, so that accounts never share entries. */
  const caches = new WeakMap<Spacio, StaleIfErrorCache>()

  const getCache = (spacio: Spacio): StaleIfErrorCache =>
    getOrCreate(caches, spacio, () => createStaleIfErrorCache(nowMs, undefined, observe))

  const read = <T>(
    tenant: string,
    operation: string,
    argumentKey: string,
    freshness: Freshness,
    requestCache: RequestCache,
    load: (spacio: Spacio) => Promise<T>,
  ): MaybePromise<CacheResult<Readonly<T>>> => {
    const spacio = upstreams.getSpacio(tenant)
    return getCache(spacio).read(operation, argumentKey, freshness, requestCache, () => load(spacio))
  }

  return {
    getProperty: (tenant: string, sid: number, requestCache: RequestCache, freshness = listingFreshness) =>
      read(tenant, 'property', String(sid), freshness, requestCache, (spacio) =>
        spacio.getProperty(sid, detachedContext),
      ),

    /** True if `getProperty` needs no upstream call. */
    isPropertyCached: (tenant: string, sid: number, requestCache: RequestCache): boolean =>
      getCache(upstreams.getSpacio(tenant)).has('property', String(sid), listingFreshness, requestCache),

    listOpenHouses: (tenant: string, sid: number, requestCache: RequestCache) =>
      read(tenant, 'open houses', String(sid), listingFreshness, requestCache, (spacio) =>
        spacio.listOpenHouses(sid, detachedContext),
      ),

    /** `getUkey` is part of the load: if it fails, a stale entry may replace the result. */
    listAgentProperties: (
      tenant: string,
      agent: string,
      requestCache: RequestCache,
      getUkey: (spacio: Spacio) => Promise<string>,
    ) =>
      read(tenant, 'properties of', agent, listingFreshness, requestCache, async (spacio) =>
        spacio.listProperties(await getUkey(spacio), detachedContext),
      ),

    listClaimedAgents: (tenant: string, bid: string, requestCache: RequestCache, freshness = agentFreshness) =>
      read(tenant, 'claimed agents', bid, freshness, requestCache, (spacio) =>
        spacio.listClaimedAgents(bid, detachedContext),
      ),

    listActivity: (tenant: string, bid: string, days: Days, requestCache: RequestCache) =>
      read(tenant, 'activity', JSON.stringify([bid, days]), agentFreshness, requestCache, (spacio) =>
        spacio.listAgentActivity(bid, days, detachedContext),
      ),

    listHostedOpenHouses: (tenant: string, bid: string, days: Days, requestCache: RequestCache) =>
      read(tenant, 'hosted open houses', JSON.stringify([bid, days]), listingFreshness, requestCache, (spacio) =>
        spacio.listHostedOpenHouses(bid, days, detachedContext),
      ),
  }
}

export type CachedSpacio = ReturnType<typeof createCachedSpacio>

/** Without the client's signal: a disconnect must not fail other requests that wait for the same result. */
const detachedContext: ReadContext = { signal: neverAborted, includeSource: true }
