/** Under load the costliest goes first: reports, lists, single reads, and writes last. */
import { afterEach, expect, test } from 'vitest'
import { classOf, type WorkClass } from '#src/plugins/shedding/classes.ts'
import { calm, loadOf, type Pressure } from '#src/plugins/shedding/pressure.ts'
import { type House, openHouse } from '../support/house.ts'

let house: House
let pressure: Pressure

const open = async (most?: number) => {
  pressure = calm
  house = await openHouse({
    sandbox: { leads: 200 },
    shedding: { pressure: () => pressure, ...(most !== undefined && { most }) },
  })
}

afterEach(() => house.close())

/** One request of each class, in the order of sacrifice. */
const work: [WorkClass, string, string, unknown?][] = [
  ['report', 'GET', '/leads?brokerageId=b1001'],
  ['list', 'GET', '/events/7/properties'],
  ['read', 'GET', '/properties/10101'],
  ['write', 'POST', '/events/7/properties', { city: 'Reno' }],
]

const refused = async (): Promise<WorkClass[]> => {
  const classes: WorkClass[] = []
  for (const [name, method, url, body] of work) {
    const reply = await house.send(method, url, body)
    if (reply.status !== 503) continue
    expect(reply).toMatchObject({ body: { code: 'overloaded', retryAfter: 2 }, headers: { 'retry-after': '2' } })
    classes.push(name)
  }
  return classes
}

const delay = (milliseconds: number): Pressure => ({ eventLoopDelay: milliseconds, eventLoopUtilized: 0 })
const utilized = (part: number): Pressure => ({ eventLoopDelay: 0, eventLoopUtilized: part })

test('pressure on the event loop', async () => {
  await open()
  const expected: [Pressure, WorkClass[]][] = [
    [calm, []],
    [delay(170), []],
    [delay(180), ['report']],
    [delay(210), ['report', 'list']],
    [delay(230), ['report', 'list', 'read']],
    [delay(251), ['report', 'list', 'read', 'write']],
    [utilized(0.94), []],
    [utilized(0.951), ['report']],
    [utilized(0.97), ['report', 'list']],
    [utilized(0.99), ['report', 'list', 'read']],
    [utilized(1), ['report', 'list', 'read', 'write']],
    [calm, []],
  ]
  for (const [given, want] of expected) {
    pressure = given
    expect([given, await refused()]).toEqual([given, want])
  }
})

test('how the process does is answered whatever the load', async () => {
  await open()
  pressure = { eventLoopUtilized: 1, eventLoopDelay: 5000 }
  expect((await house.get('/health/live')).status).toBe(200)
  expect((await house.get('/health/ready')).status).toBe(200)
})

test('what is refused asks nothing upstream', async () => {
  await open()
  pressure = utilized(1)
  await refused()
  expect(house.sandbox.control.spacio.requests()).toEqual([])
  expect(house.sandbox.control.liondesk.requests()).toEqual([])
})

/** Writes, which go on to the last, that are answered when they are let go. */
const occupy = (count: number) => {
  const tokens = house.app.gateway.accessTokens
  const { forManager } = tokens
  const { promise, resolve } = Promise.withResolvers<void>()
  tokens.forManager = async (email) => {
    await promise
    return { email, ukey: null, accessToken: 'x' }
  }
  const ask = () => house.send('POST', '/managers/m@example.com/access-token')
  const replies = Array.from({ length: count }, ask)
  return async () => {
    tokens.forManager = forManager
    resolve()
    for (const { status } of await Promise.all(replies)) expect(status).toBe(200)
  }
}

const until = async (isSo: () => boolean): Promise<void> => {
  while (!isSo()) await new Promise(setImmediate)
}

test('requests in flight, and all is well again when they are answered', async () => {
  await open(10)
  const expected: [number, WorkClass[]][] = [
    [6, []],
    [7, ['report']],
    [8, ['report', 'list']],
    [9, ['report', 'list', 'read']],
    [10, ['report', 'list', 'read', 'write']],
  ]
  for (const [count, want] of expected) {
    const release = occupy(count)
    await until(() => house.app.inFlight() === count)
    expect([count, await refused()]).toEqual([count, want])
    await release()
    expect(house.app.inFlight()).toBe(0)
  }
  expect(await refused()).toEqual([])
})

test('the cap is 256', async () => {
  await open()
  const release = occupy(255)
  await until(() => house.app.inFlight() === 255)
  expect(await refused()).toEqual(['report', 'list', 'read'])
  const last = occupy(1)
  await until(() => house.app.inFlight() === 256)
  expect(await refused()).toEqual(['report', 'list', 'read', 'write'])
  await Promise.all([last(), release()])
})

test('a client that leaves is in flight no more', async () => {
  await open()
  const base = await house.app.listen({ host: '127.0.0.1', port: 0 })
  house.sandbox.control.spacio.fault({ operation: 'getProperty', kind: 'latency', ms: 60_000 })
  const controller = new AbortController()
  const reply = fetch(`${base}/properties/10101`, { signal: controller.signal }).catch(() => 'left')
  await until(() => house.app.inFlight() === 1)
  controller.abort()
  expect(await reply).toBe('left')
  await until(() => house.app.inFlight() === 0)
})

test('streams count no more once they stream', async () => {
  await open()
  const base = await house.app.listen({ host: '127.0.0.1', port: 0 })
  const controller = new AbortController()
  const reply = await fetch(`${base}/leads/feed?brokerageId=b1001`, {
    headers: { accept: 'text/event-stream' },
    signal: controller.signal,
  })
  expect(reply.status).toBe(200)
  expect(house.app.inFlight()).toBe(0)
  controller.abort()
})

test.for<[WorkClass, Parameters<typeof classOf>[0]]>([
  ['write', { method: 'POST', config: { scope: 'tokens:issue' } }],
  ['write', { method: 'DELETE', config: { scope: 'events:write' } }],
  ['report', { method: 'GET', config: { scope: 'leads:read' } }],
  ['report', { method: 'HEAD', config: { scope: 'brokerages:read' } }],
  ['list', { method: 'GET', config: { scope: 'events:read' }, schema: { querystring: { properties: { limit: {} } } } }],
  ['read', { method: 'GET', config: { scope: 'events:read' }, schema: { querystring: { properties: {} } } }],
  ['read', { method: 'GET', config: { scope: 'public' } }],
  ['write', { method: 'GET', config: { scope: 'leads:read', workClass: 'write' } }],
])('a %s', async ([want, facts]) => {
  expect(classOf(facts)).toBe(want)
})

test('load is the worse of the two', () => {
  expect(loadOf(calm)).toBe(0)
  expect(loadOf({ eventLoopDelay: 125, eventLoopUtilized: 0.95 })).toBeCloseTo(0.7)
  expect(loadOf({ eventLoopDelay: 500, eventLoopUtilized: 0.95 })).toBe(2)
})
