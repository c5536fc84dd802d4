/** A tenant that sends too many requests delays only itself. The others get responses. */
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type Sandbox, startSandbox } from '../../../sandbox/index.ts'
import { createEntry, everyGrant, everyScope, makeKey, writeDocument } from '../../support/clients.ts'
import { createEnvironment, openGateway, type TestGateway } from '../../support/test-gateway.ts'

const keys = { north: makeKey(), south: makeKey(), west: makeKey() }

type Name = keyof typeof keys

const slots = 20

/** A single client gets a third of them. */
const share = 7

let sandbox: Sandbox
let gateway: TestGateway

const open = async (names: readonly Name[]): Promise<void> => {
  const { SPACIO_API_KEY: apiKey, LIONDESK_ACCESS_TOKEN: accessToken, ...urls } = createEnvironment(sandbox)
  const accounts = { spacio: { apiKey }, liondesk: { connections: [{ id: 'main', accessToken }] } }
  const client = (id: Name) => createEntry({ id, scopes: everyScope, grants: everyGrant }, keys[id])
  const tenants = names.map((id) => ({ id, ...accounts, clients: [client(id)] }))
  const env = { ...urls, FOYER_AUTH: 'required', FOYER_TENANTS_FILE: writeDocument({ tenants }) }
  gateway = await openGateway(env, {
    shedding: { slots },
  })
}

beforeEach(async () => {
  sandbox = await startSandbox({ leads: 200 })
})

afterEach(async () => {
  await gateway.close()
  await sandbox.close()
})

const send = async (name: Name, method: string, url: string, body?: unknown): Promise<number> =>
  (await gateway.send(method, url, body, { 'x-api-key': keys[name] })).status

/** Requests that wait until a test releases them. */
const flood = (count: number, name: Name) => {
  const { promise, resolve } = Promise.withResolvers<void>()
  gateway.app.gateway.accessTokens.issueForManager = async (email) => {
    await promise
    return { email, ukey: null, accessToken: 'x' }
  }
  const ask = () => send(name, 'POST', '/managers/m@example.com/access-token')
  const replies = Promise.all(Array.from({ length: count }, ask))
  return async (): Promise<{ served: number; refused: number }> => {
    resolve()
    const statuses = await replies
    const of = (status: number) => statuses.filter((each) => each === status).length
    return { served: of(200), refused: of(503) }
  }
}

const until = async (isSo: () => boolean): Promise<void> => {
  while (!isSo()) await new Promise(setImmediate)
}

const everything = (name: Name): Promise<number[]> =>
  Promise.all([
    send(name, 'GET', '/leads?brokerageId=b1001'),
    send(name, 'GET', '/events/7/properties'),
    send(name, 'GET', '/properties/10101'),
    send(name, 'POST', '/events/9/properties', { city: 'Reno' }),
  ])

test('a tenant that overloads the gateway waits, while another tenant is answered', async () => {
  await open(['north', 'south'])
  const release = flood(3 * slots, 'north')
  await until(() => gateway.app.getInFlightCount() === share)
  expect(gateway.app.getWaitingCount()).toBe(3 * slots - share)
  expect(await everything('south')).toEqual([200, 200, 200, 201])
  expect(await release()).toEqual({ served: 3 * slots, refused: 0 })
  expect(await everything('north')).toEqual([200, 200, 200, 201])
})

test('two overloading tenants leave slots for a third tenant', async () => {
  await open(['north', 'south', 'west'])
  const releaseNorth = flood(3 * slots, 'north')
  await until(() => gateway.app.getInFlightCount() === share)
  const releaseSouth = flood(3 * slots, 'south')
  await until(() => gateway.app.getInFlightCount() > share)
  expect(await send('west', 'GET', '/properties/10101')).toBe(200)
  expect((await releaseSouth()).refused).toBe(0)
  expect((await releaseNorth()).refused).toBe(0)
})
