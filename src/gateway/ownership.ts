import { LRUCache } from 'lru-cache'
import { expireAfter, limitEntries } from '#src/lib/lru-options.ts'
import { minuteMs } from '#src/lib/units.ts'
import { isProblem, Problem } from '#src/problems.ts'
import { type CachedSpacio, ownerFreshness } from './cache/cached-spacio.ts'
import { type CacheResult, createRequestCache, type MaybePromise, type RequestCache } from './cache/request-cache.ts'
import type { Freshness } from './cache/stale-if-error-cache.ts'

/** Maps objects to their owners. The data is at most five minutes old, also during an outage. */
export interface Ownership {
  /** Reads a property. Remembers for five minutes that a sid has none, except with `Cache-Control: no-cache`. */
  getProperty(
    tenant: string,
    sid: number,
    requestCache: RequestCache,
    freshness?: Freshness,
  ): ReturnType<CachedSpacio['getProperty']>
  /** True if `getProperty` needs no upstream call. */
  isPropertyCached(tenant: string, sid: number, requestCache: RequestCache): boolean
  /** Returns the e-mail address of a property's agent. */
  getPropertyAgent(tenant: string, sid: number, requestCache?: RequestCache): MaybePromise<string>
  /** Returns the lower-case e-mail addresses of a brokerage's agents; empty if the brokerage does not exist. */
  getBrokerageAgents(tenant: string, brokerageId: string): Promise<ReadonlySet<string>>
}

const noAgents: ReadonlySet<string> = new Set()

export const createOwnership = (
  cachedSpacio: CachedSpacio,
  getAccountId: (tenant: string) => string,
  nowMs: () => number,
): Ownership => {
  /** Caches missing objects, so that repeated requests for them cost no upstream calls. */
  const missingKeys = new LRUCache<string, true>({
    ...limitEntries(10_000),
    ...expireAfter(5 * minuteMs, nowMs),
  })

  const toPropertyKey = (tenant: string, sid: number): string => `property ${sid} ${getAccountId(tenant)}`

  const isMissing = (key: string, { bypassCache }: RequestCache): boolean => !bypassCache && missingKeys.has(key)

  const getProperty: Ownership['getProperty'] = (tenant, sid, requestCache, freshness) => {
    const key = toPropertyKey(tenant, sid)
    if (isMissing(key, requestCache)) throw new Problem('unknown-property')
    const property = cachedSpacio.getProperty(tenant, sid, requestCache, freshness)
    return property instanceof Promise ? recordExistence(key, property) : property
  }

  const recordExistence = async <T>(key: string, property: Promise<T>): Promise<T> => {
    try {
      const found = await property
      missingKeys.delete(key)
      return found
    } catch (error) {
      if (isProblem(error) && error.code === 'unknown-property') missingKeys.set(key, true)
      throw error
    }
  }

  return {
    getProperty,
    isPropertyCached: (tenant, sid, requestCache) =>
      isMissing(toPropertyKey(tenant, sid), requestCache) || cachedSpacio.isPropertyCached(tenant, sid, requestCache),
    // Uses the request's cache, so that the same read also serves the response.
    getPropertyAgent: (tenant, sid, requestCache = createRequestCache()) => {
      const property = getProperty(tenant, sid, requestCache, ownerFreshness)
      return property instanceof Promise ? property.then(getAgent) : getAgent(property)
    },
    getBrokerageAgents: async (tenant, brokerageId) => {
      const key = JSON.stringify([getAccountId(tenant), 'brokerage', brokerageId])
      if (missingKeys.has(key)) return noAgents
      try {
        const { value } = await cachedSpacio.listClaimedAgents(
          tenant,
          brokerageId,
          createRequestCache(),
          ownerFreshness,
        )
        return new Set(value.map(({ email }) => email.toLowerCase()))
      } catch (error) {
        if (!isProblem(error) || error.code !== 'unknown-brokerage') throw error
        missingKeys.set(key, true)
        return noAgents
      }
    },
  }
}

const getAgent = ({ value: { listAgentEmail } }: CacheResult<{ readonly listAgentEmail: string | null }>): string => {
  if (listAgentEmail === null) throw new Problem('unknown-agent', { detail: 'The property has no agent.' })
  return listAgentEmail
}
