import type { LionDesk, Upstreams } from '#src/upstreams/index.ts'
import type { Connections } from './connections/index.ts'
import type { RequestContext } from './request-context.ts'

/** Names the connection if the caller has several. */
export interface ConnectionQuery {
  connection?: string
}

/** Acts for the LionDesk account of a connection. Throws if the caller may not use it. */
export type GetLionDesk = (call: RequestContext, query: ConnectionQuery) => Promise<LionDesk>

export const createGetLionDesk =
  (upstreams: Pick<Upstreams, 'getLionDesk'>, connections: Pick<Connections, 'getTokens'>): GetLionDesk =>
  async ({ caller }, { connection }) =>
    upstreams.getLionDesk(caller.tenant, await connections.getTokens(caller, connection))
