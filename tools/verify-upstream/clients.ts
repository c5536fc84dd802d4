/** Creates the gateway's own upstream clients and transport, with recorded exchanges. */
import { Problem } from '#src/problems.ts'
import { createUpstreams, type TokenSource, type UpstreamStatus } from '#src/upstreams/index.ts'
import { createSpacioRequester, type SpacioRequester } from '#src/upstreams/spacio/request.ts'
import { createTransport } from '#src/upstreams/transport/index.ts'
import type { Send } from '#src/upstreams/transport/types.ts'
import type { Accounts } from './accounts.ts'
import { createDriftMonitor } from './watch.ts'

const getNow = (): Date => new Date()

/** Simulates a key without access to v2, so that the client uses v1. */
const createV1Send =
  (send: Send): Send =>
  async (request, signal) => {
    if (!request.path.startsWith('/api/v2/')) return send(request, signal)
    const { system, operation } = request
    throw new Problem('not-found', { upstream: { system, operation, code: null, status: 404, retryable: false } })
  }

const createTokenSource = (accessToken: string): TokenSource => ({
  getCurrent: async () => accessToken,
  renew: async () => null,
})

export type Drift = UpstreamStatus['drift'][number]

export const createClients = ({ tenant, accessToken }: Accounts) => {
  const transport = createTransport()
  const { send, seen } = createDriftMonitor(transport.send)
  const upstreams = createUpstreams([tenant], { ...transport, send }, getNow)
  const onlyV1 = createUpstreams([tenant], { ...transport, send: createV1Send(send) }, getNow)
  const token = accessToken ?? ''
  const ask: SpacioRequester = createSpacioRequester({ tenant: tenant.id, ...tenant.spacio }, send, getNow)
  return {
    spacio: upstreams.getSpacio(tenant.id),
    spacioV1: onlyV1.getSpacio(tenant.id),
    liondesk: upstreams.getLionDesk(tenant.id, createTokenSource(token)),
    me: () => upstreams.getLionDeskOAuth(tenant.id).getUser(token),
    /** Sends any method with any form, for calls that the gateway's clients never make. */
    ask,
    seen,
    drift: (): Drift[] =>
      [upstreams, onlyV1].flatMap((each) => each.getStatus(tenant.id).flatMap(({ drift }) => drift)),
    close: transport.close,
  }
}

export type Clients = ReturnType<typeof createClients>
