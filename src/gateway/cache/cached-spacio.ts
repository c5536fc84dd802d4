import type { CacheObserver } from '#src/upstream-observer.ts'
import type { ReadContext, Spacio, Upstreams } from '#src/upstreams/index.ts'
import type { CacheResult, RequestCache } from './request-cache.ts'
import { createStaleIfErrorCache, type Freshness, type StaleIfErrorCache } from './stale-if-error-cache.ts'

const minuteMs = 60_000

/** Listings and open houses change slowly and are nobody's secret: better old ones than none. */
const listingFreshness: Freshness = { freshMs: minuteMs, staleMs: 15 * minuteMs }

const agentFreshness: Freshness = { freshMs: 5 * minuteMs, staleMs: 0 }

/** What a right is made of is never older than it may be remembered; until then it is not asked for anew. */
export const ownerFreshness: Freshness = { freshMs: 5 * minuteMs, staleMs: 0, ignoreNoCache: true }

/** For what is written down elsewhere: no stand-ins. */
export const sourceFreshness: Freshness = { ...listingFreshness, staleMs: 0 }

type Days = Parameters<Spacio['listAgentActivity']>[1]
type CachedRead<
  Name extends
    | 'getProperty'
    | 'listOpenHouses'
    | 'listProperties'
    | 'listClaimedAgents'
    | 'listAgentActivity'
    | 'listHostedOpenHouses',
> = Promise<CacheResult<Readonly<Awaited<ReturnType<Spacio[Name]>>>>>

/**
 * Spacio's reads, with answers kept for a while; leads and tokens never are. To be asked after the authority. What it
 * gives holds the wire records and is frozen.
 */
export const createCachedSpacio = (
  upstreams: Pick<Upstreams, 'getSpacio'>,
  now: () => Date,
  observe: CacheObserver = () => {},
) => {
  /** By client, and with it by tenant and account: another account's answers are never at hand. */
  const caches = new WeakMap<Spacio, StaleIfErrorCache>()

  const getCache = (spacio: Spacio): StaleIfErrorCache => {
    const known = caches.get(spacio)
    if (known) return known
    const cache = createStaleIfErrorCache(() => now().getTime(), undefined, observe)
    caches.set(spacio, cache)
    return cache
  }

  const read = <T>(
    tenant: string,
    operation: string,
    argumentKey: string,
    freshness: Freshness,
    requestCache: RequestCache,
    load: (spacio: Spacio) => Promise<T>,
  ): Promise<CacheResult<T>> => {
    const spacio = upstreams.getSpacio(tenant)
    return getCache(spacio).read(operation, argumentKey, freshness, requestCache, () => load(spacio))
  }

  return {
    getProperty: (
      tenant: string,
      sid: number,
      requestCache: RequestCache,
      freshness = listingFreshness,
    ): CachedRead<'getProperty'> =>
      read(tenant, 'property', String(sid), freshness, requestCache, (spacio) =>
        spacio.getProperty(sid, detachedContext),
      ),

    listOpenHouses: (tenant: string, sid: number, requestCache: RequestCache): CachedRead<'listOpenHouses'> =>
      read(tenant, 'open houses', String(sid), listingFreshness, requestCache, (spacio) =>
        spacio.listOpenHouses(sid, detachedContext),
      ),

    /** `ukeyOf` belongs to the question: where it fails, what is kept stands in. */
    listAgentProperties: (
      tenant: string,
      agent: string,
      requestCache: RequestCache,
      getUkey: (spacio: Spacio) => Promise<string>,
    ): CachedRead<'listProperties'> =>
      read(tenant, 'properties of', agent, listingFreshness, requestCache, async (spacio) =>
        spacio.listProperties(await getUkey(spacio), detachedContext),
      ),

    listClaimedAgents: (
      tenant: string,
      bid: string,
      requestCache: RequestCache,
      freshness = agentFreshness,
    ): CachedRead<'listClaimedAgents'> =>
      read(tenant, 'claimed agents', bid, freshness, requestCache, (spacio) =>
        spacio.listClaimedAgents(bid, detachedContext),
      ),

    listActivity: (
      tenant: string,
      bid: string,
      days: Days,
      requestCache: RequestCache,
    ): CachedRead<'listAgentActivity'> =>
      read(tenant, 'activity', JSON.stringify([bid, days]), agentFreshness, requestCache, (spacio) =>
        spacio.listAgentActivity(bid, days, detachedContext),
      ),

    listHostedOpenHouses: (
      tenant: string,
      bid: string,
      days: Days,
      requestCache: RequestCache,
    ): CachedRead<'listHostedOpenHouses'> =>
      read(tenant, 'hosted open houses', JSON.stringify([bid, days]), listingFreshness, requestCache, (spacio) =>
        spacio.listHostedOpenHouses(bid, days, detachedContext),
      ),
  }
}

export type CachedSpacio = ReturnType<typeof createCachedSpacio>

/** No client's signal: his leaving must not fail the others who wait for the same answer. */
const detachedContext: ReadContext = { signal: new AbortController().signal, includeSource: true }
