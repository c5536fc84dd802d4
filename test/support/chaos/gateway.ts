import { expect } from 'vitest'
import type { CallLimits } from '#src/upstreams/transport/types.ts'
import { type Sandbox, startSandbox } from '../../../sandbox/index.ts'
import { createEntry, everyGrant, everyScope, makeKey, writeDocument } from '../clients.ts'
import { openGateway } from '../test-gateway.ts'
import { type Row, shortAttemptTimeoutMs } from './faults.ts'
import type { Operation, TestRequest } from './operations.ts'
import { type ChaosProxy, startProxy } from './proxy.ts'

/** What the client received, and what the upstream received and did. */
export interface ChaosResult {
  operation: Operation
  status: number
  /** Null for a success. */
  code: string | null
  isUnknown: boolean
  /** Calls in the sandbox's journal. */
  calls: number
  /** Calls among them whose token the upstream rejected, so that they had no effect. */
  refused: number
  isDone: boolean | null
  milliseconds: number
}

/** Shortens all times by the same factor. */
export const shortenLimits = (limits: CallLimits): CallLimits => {
  const factor = shortAttemptTimeoutMs / limits.attemptTimeoutMs
  return { ...limits, attemptTimeoutMs: shortAttemptTimeoutMs, totalTimeoutMs: limits.totalTimeoutMs * factor }
}

/** An operation with its own upstreams behind proxies, and the keys of two tenants: one with these upstreams, one without. */
interface ChaosPlace {
  operation: Operation
  sandbox: Sandbox
  proxies: { spacio: ChaosProxy; liondesk: ChaosProxy }
  keys: { reachable: string; unreachable: string }
}

const openPlace = async (operation: Operation): Promise<ChaosPlace> => {
  const sandbox = await startSandbox({ leads: 200 })
  const proxies = { spacio: await startProxy(sandbox.spacio.url), liondesk: await startProxy(sandbox.liondesk.url) }
  return { operation, sandbox, proxies, keys: { reachable: makeKey(), unreachable: makeKey() } }
}

const closePlace = async ({ sandbox, proxies }: ChaosPlace): Promise<void> => {
  await Promise.all([proxies.spacio.close(), proxies.liondesk.close()])
  await sandbox.close()
}

/** No server listens here. */
const unreachableUrl = 'http://127.0.0.1:1'

/** The tenants of an operation. The one without upstreams has a configured access token, unless the operation renews it. */
const createTenants = ({ operation: { name }, sandbox: { spacio, liondesk }, proxies, keys }: ChaosPlace) => {
  const { clientId, clientSecret, refreshToken, accessToken } = liondesk
  const renewed = { id: 'main', clientId, clientSecret, refreshToken }
  const client = (key: string) => createEntry({ id: 'client', scopes: everyScope, grants: everyGrant }, key)
  return [
    {
      id: name,
      spacio: { apiKey: spacio.apiKey, baseUrl: proxies.spacio.url },
      liondesk: { baseUrl: proxies.liondesk.url, connections: [renewed] },
      clients: [client(keys.reachable)],
    },
    {
      id: `${name}-unreachable`,
      spacio: { apiKey: spacio.apiKey, baseUrl: unreachableUrl },
      liondesk: { baseUrl: unreachableUrl, connections: [name === 'token' ? renewed : { id: 'main', accessToken }] },
      clients: [client(keys.unreachable)],
    },
  ]
}

/** Opens one gateway with two tenants for each operation, so that operations share no circuit breaker. */
export const openChaos = async (operations: readonly Operation[]) => {
  const slots = await Promise.all(operations.map(openPlace))
  let [clock, isHasty] = [Date.now(), false]
  const gateway = await openGateway(
    { FOYER_AUTH: 'required', FOYER_TENANTS_FILE: writeDocument({ tenants: slots.flatMap(createTenants) }) },
    { now: () => new Date(clock), adjustLimits: (limits) => (isHasty ? shortenLimits(limits) : limits) },
  )
  const send = ({ method, url, body }: TestRequest, key: string) =>
    gateway.send(method, url, body, { 'x-api-key': key })

  const warmUp = async ({ operation, sandbox, proxies, keys }: ChaosPlace): Promise<void> => {
    for (const proxy of Object.values(proxies)) proxy.calm()
    sandbox.control.reset()
    sandbox.control.liondesk.set({ accessTokenTtlSeconds: 600, rotateRefreshToken: false })
    expect((await send(operation.warmUp, keys.reachable)).status).toBeLessThan(300)
    sandbox.control.clearRequests()
  }

  /** Advances the clock by an hour, so that caches are empty. A success then resets the breakers and fetches a token. */
  const start = async (these: readonly ChaosPlace[]): Promise<void> => {
    isHasty = false
    clock += 3_700_000
    const slowPlaces = these.filter(({ operation }) => operation.name === 'token')
    await Promise.all(slowPlaces.map(warmUp))
    clock += 601_000
    await Promise.all(these.filter((place) => !slowPlaces.includes(place)).map(warmUp))
  }

  const sendRequest = async ({ operation, sandbox }: ChaosPlace, key: string): Promise<ChaosResult> => {
    const startedAt = performance.now()
    const { status, body } = await send(operation, key)
    const milliseconds = performance.now() - startedAt
    const journal = sandbox.control[operation.system].requests()
    const calls = journal.filter((entry) => entry.operation === operation.name)
    return {
      operation,
      status,
      code: status < 400 ? null : body.code,
      isUnknown: body?.outcome === 'unknown',
      calls: calls.length,
      refused: calls.filter((call) => call.status === 401).length,
      isDone: operation.isDone?.(sandbox) ?? null,
      milliseconds,
    }
  }

  const strike = (place: ChaosPlace, { network = [], upstream }: Row): Promise<ChaosResult> => {
    const { operation, sandbox, proxies, keys } = place
    if (network === 'unreachable') return sendRequest(place, keys.unreachable)
    proxies[operation.system].strike(network)
    const fault = typeof upstream === 'function' ? upstream(operation.limits) : upstream
    if (fault) sandbox.control[operation.system].fault({ operation: operation.name, ...fault })
    return sendRequest(place, keys.reachable)
  }

  return {
    /** Runs all operations at the same time, because they wait. Time limits are shortened. */
    meetTogether: async (row: Row): Promise<ChaosResult[]> => {
      await start(slots)
      isHasty = true
      return Promise.all(slots.map((place) => strike(place, row)))
    },
    /** Runs the operations one after the other, so that they share no knowledge about an account. */
    meetInTurn: async (row: Row): Promise<ChaosResult[]> => {
      const result: ChaosResult[] = []
      for (const place of slots) {
        await start([place])
        result.push(await strike(place, row))
      }
      return result
    },
    close: async (): Promise<void> => {
      await gateway.close()
      await Promise.all(slots.map(closePlace))
    },
  }
}

export type Chaos = Awaited<ReturnType<typeof openChaos>>
