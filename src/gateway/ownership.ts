import { LRUCache } from 'lru-cache'
import { isProblem, Problem } from '#src/problems.ts'
import { type CachedSpacio, ownerFreshness } from './cache/cached-spacio.ts'
import { createRequestCache, type RequestCache } from './cache/request-cache.ts'

/** Maps objects to their owners. The data is at most five minutes old, also during an outage. */
export interface Ownership {
  /** Returns the e-mail address of a property's agent. */
  getPropertyAgent(tenant: string, sid: number, requestCache?: RequestCache): Promise<string>
  /** Returns the lower-case e-mail addresses of a brokerage's agents; empty if the brokerage does not exist. */
  getBrokerageAgents(tenant: string, brokerageId: string): Promise<ReadonlySet<string>>
}

const noAgents: ReadonlySet<string> = new Set()

export const createOwnership = (cachedSpacio: CachedSpacio, now: () => Date): Ownership => {
  /** Caches missing objects, so that repeated requests for them cost no upstream calls. */
  const missingKeys = new LRUCache<string, true>({
    maxSize: 10_000,
    sizeCalculation: () => 1,
    ttl: 5 * 60_000,
    perf: { now: () => now().getTime() },
    ttlResolution: 0,
  })

  return {
    // Uses the request's cache, so that the same read also serves the response.
    getPropertyAgent: async (tenant, sid, requestCache = createRequestCache()) => {
      const key = JSON.stringify([tenant, 'property', sid])
      if (missingKeys.has(key)) throw new Problem('unknown-property')
      const { value } = await cachedSpacio
        .getProperty(tenant, sid, requestCache, ownerFreshness)
        .catch((error: unknown) => {
          if (isProblem(error) && error.code === 'unknown-property') missingKeys.set(key, true)
          throw error
        })
      if (value.listAgentEmail === null) throw new Problem('unknown-agent', { detail: 'The property has no agent.' })
      return value.listAgentEmail
    },
    getBrokerageAgents: async (tenant, brokerageId) => {
      const key = JSON.stringify([tenant, 'brokerage', brokerageId])
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
