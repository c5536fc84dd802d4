import { LRUCache } from 'lru-cache'
import { Problem } from '#src/problems.ts'
import type { Upstreams } from '#src/upstreams/index.ts'

/** Whose listing a property is. */
export interface Ownership {
  /** E-mail address of the property's agent; remembered for five minutes, asked once however many wait. */
  agentOf(tenant: string, sid: number): Promise<string>
}

export const createOwnership = (upstreams: Upstreams, now: () => Date): Ownership => {
  const agents = new LRUCache<string, string, { tenant: string; sid: number }>({
    max: 10_000,
    ttl: 5 * 60_000,
    perf: { now: () => now().getTime() },
    ttlResolution: 0,
    // One caller's leaving must not fail the others who wait for the same answer.
    ignoreFetchAbort: true,
    fetchMethod: async (_key, _stale, { context: { tenant, sid } }) => {
      const read = { signal: new AbortController().signal, includeSource: false }
      const { listAgentEmail } = await upstreams.spacio(tenant).property(sid, read)
      if (listAgentEmail === null) throw new Problem('unknown-agent', { detail: 'The property names no agent.' })
      return listAgentEmail
    },
  })
  return {
    agentOf: async (tenant, sid) => {
      const email = await agents.fetch(JSON.stringify([tenant, sid]), { context: { tenant, sid } })
      if (email === undefined) throw new TypeError('a fetch of an owner answered nothing')
      return email
    },
  }
}
