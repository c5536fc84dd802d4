/** The gateway's own clients, on the gateway's own transport. */
import { Problem } from '#src/problems.ts'
import { createUpstreams, type TokenSource, type UpstreamStatus } from '#src/upstreams/index.ts'
import { type Ask, createAsk } from '#src/upstreams/spacio/request.ts'
import { createTransport } from '#src/upstreams/transport/index.ts'
import type { Send } from '#src/upstreams/transport/types.ts'
import type { Accounts } from './accounts.ts'
import { watch } from './watch.ts'

const now = (): Date => new Date()

/** As a key without v2 would meet it, so that v1 is asked. */
const withoutV2 =
  (send: Send): Send =>
  async (request, signal) => {
    if (!request.path.startsWith('/api/v2/')) return send(request, signal)
    const { system, operation } = request
    throw new Problem('not-found', { upstream: { system, operation, code: null, status: 404, retryable: false } })
  }

const lasting = (accessToken: string): TokenSource => ({ current: async () => accessToken, renewed: async () => null })

export type Drift = UpstreamStatus['drift'][number]

export const createClients = ({ tenant, accessToken }: Accounts) => {
  const transport = createTransport()
  const { send, seen } = watch(transport.send)
  const upstreams = createUpstreams([tenant], { ...transport, send }, now)
  const onlyV1 = createUpstreams([tenant], { ...transport, send: withoutV2(send) }, now)
  const token = accessToken ?? ''
  const ask: Ask = createAsk({ tenant: tenant.id, ...tenant.spacio }, send, now)
  return {
    spacio: upstreams.spacio(tenant.id),
    spacioV1: onlyV1.spacio(tenant.id),
    liondesk: upstreams.liondesk(tenant.id, lasting(token)),
    me: () => upstreams.liondeskOAuth(tenant.id).me(token),
    /** Any method with any form: for what no client of the gateway would ask. */
    ask,
    seen,
    drift: (): Drift[] => [upstreams, onlyV1].flatMap((each) => each.status(tenant.id).flatMap(({ drift }) => drift)),
    close: transport.close,
  }
}

export type Clients = ReturnType<typeof createClients>
