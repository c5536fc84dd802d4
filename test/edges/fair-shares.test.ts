/** A tenant that floods the house has half of it at most; the others find room for all they ask. */
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type Sandbox, startSandbox } from '../../sandbox/index.ts'
import { entryOf, everyGrant, everyScope, makeKey, writeDocument } from '../support/clients.ts'
import { environmentOf, type Gateway, openGateway } from '../support/house.ts'

const keys = { north: makeKey(), south: makeKey(), west: makeKey() }

type Name = keyof typeof keys

const most = 20

let sandbox: Sandbox
let gateway: Gateway

const open = async (names: readonly Name[]): Promise<void> => {
  const { SPACIO_API_KEY: apiKey, LIONDESK_ACCESS_TOKEN: accessToken, ...urls } = environmentOf(sandbox)
  const accounts = { spacio: { apiKey }, liondesk: { connections: [{ id: 'main', accessToken }] } }
  const client = (id: Name) => entryOf({ id, scopes: everyScope, grants: everyGrant }, keys[id])
  const tenants = names.map((id) => ({ id, ...accounts, clients: [client(id)] }))
  const env = { ...urls, FOYER_AUTH: 'required', FOYER_TENANTS_FILE: writeDocument({ tenants }) }
  gateway = await openGateway(env, {
    shedding: { most, pressure: () => ({ eventLoopDelay: 0, eventLoopUtilized: 0 }) },
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

/** Requests that are answered when they are let go. */
const flood = (count: number, name: Name) => {
  const { promise, resolve } = Promise.withResolvers<void>()
  gateway.app.gateway.accessTokens.forManager = async (email) => {
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

test('one that asks for more than the house can do leaves half of it to the others', async () => {
  await open(['north', 'south'])
  const release = flood(3 * most, 'north')
  await until(() => gateway.app.inFlight() === most / 2)
  expect(await everything('south')).toEqual([200, 200, 200, 201])
  expect(await release()).toEqual({ served: most / 2, refused: 2.5 * most })
  expect(await everything('north')).toEqual([200, 200, 200, 201])
})

test('two of them leave a quarter', async () => {
  await open(['north', 'south', 'west'])
  const releaseNorth = flood(3 * most, 'north')
  await until(() => gateway.app.inFlight() === most / 2)
  const releaseSouth = flood(3 * most, 'south')
  await until(() => gateway.app.inFlight() === (most * 3) / 4)
  expect(await send('west', 'GET', '/properties/10101')).toBe(200)
  expect((await releaseSouth()).served).toBe(5)
  expect((await releaseNorth()).served).toBe(10)
})

test('where there is one alone, all of it is his', async () => {
  await open(['north'])
  const release = flood(most, 'north')
  await until(() => gateway.app.inFlight() === most)
  expect(await release()).toEqual({ served: most, refused: 0 })
})
