import { LRUCache } from 'lru-cache'
import { isProblem, Problem } from '#src/problems.ts'
import { owners, type SpacioReads } from './cache/cached-spacio.ts'
import { createReading, type Reading } from './cache/request-cache.ts'

/** Who belongs to whom upstream: as of five minutes ago at most, whatever became of the upstream since. */
export interface Ownership {
  /** E-mail address of a property's agent. */
  agentOf(tenant: string, sid: number, reading?: Reading): Promise<string>
  /** E-mail addresses of a brokerage's agents, in lower case; none where there is no such brokerage. */
  agentsIn(tenant: string, brokerageId: string): Promise<ReadonlySet<string>>
}

const nobody: ReadonlySet<string> = new Set()

export const createOwnership = (reads: SpacioReads, now: () => Date): Ownership => {
  /** What does not exist: without this memory each request for it would cost a call upstream. */
  const unknown = new LRUCache<string, true>({
    maxSize: 10_000,
    sizeCalculation: () => 1,
    ttl: 5 * 60_000,
    perf: { now: () => now().getTime() },
    ttlResolution: 0,
  })

  return {
    // What is read for a right also serves the caller.
    agentOf: async (tenant, sid, reading = createReading()) => {
      const key = JSON.stringify([tenant, 'property', sid])
      if (unknown.has(key)) throw new Problem('unknown-property')
      const { value } = await reads.property(tenant, sid, reading, owners).catch((error: unknown) => {
        if (isProblem(error) && error.code === 'unknown-property') unknown.set(key, true)
        throw error
      })
      if (value.listAgentEmail === null) throw new Problem('unknown-agent', { detail: 'The property has no agent.' })
      return value.listAgentEmail
    },
    agentsIn: async (tenant, brokerageId) => {
      const key = JSON.stringify([tenant, 'brokerage', brokerageId])
      if (unknown.has(key)) return nobody
      try {
        const { value } = await reads.claimedAgents(tenant, brokerageId, createReading(), owners)
        return new Set(value.map(({ email }) => email.toLowerCase()))
      } catch (error) {
        if (!isProblem(error) || error.code !== 'unknown-brokerage') throw error
        unknown.set(key, true)
        return nobody
      }
    },
  }
}
