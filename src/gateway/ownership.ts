import { LRUCache } from 'lru-cache'
import { isProblem, Problem } from '#src/problems.ts'
import { type CachedSpacio, ownerFreshness } from './cache/cached-spacio.ts'
import { createRequestCache, type RequestCache } from './cache/request-cache.ts'

/** Who belongs to whom upstream: as of five minutes ago at most, whatever became of the upstream since. */
export interface Ownership {
  /** E-mail address of a property's agent. */
  getPropertyAgent(tenant: string, sid: number, requestCache?: RequestCache): Promise<string>
  /** E-mail addresses of a brokerage's agents, in lower case; none where there is no such brokerage. */
  getBrokerageAgents(tenant: string, brokerageId: string): Promise<ReadonlySet<string>>
}

const noAgents: ReadonlySet<string> = new Set()

export const createOwnership = (cachedSpacio: CachedSpacio, now: () => Date): Ownership => {
  /** What does not exist: without this memory each request for it would cost a call upstream. */
  const missingKeys = new LRUCache<string, true>({
    maxSize: 10_000,
    sizeCalculation: () => 1,
    ttl: 5 * 60_000,
    perf: { now: () => now().getTime() },
    ttlResolution: 0,
  })

  return {
    // What is read for a right also serves the caller.
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
