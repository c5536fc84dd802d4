/** Agents' access tokens are fetched once and renewed once. Rejections are cached for a minute. */
import { once } from 'node:events'
import { get as httpGet } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { listOperations } from '../../support/spacio.ts'
import { openSandboxAndGateway, type SandboxGateway } from '../../support/test-gateway.ts'

let clock = Date.parse('2026-03-15T12:00:00Z')
let foyer: SandboxGateway
let spacio: SandboxGateway['sandbox']['control']['spacio']

beforeAll(async () => {
  foyer = await openSandboxAndGateway({ bypassesCache: true, sandbox: { leads: 600 }, now: () => new Date(clock) })
  spacio = foyer.sandbox.control.spacio
  await foyer.app.listen({ port: 0, host: '127.0.0.1' })
})

afterAll(() => foyer.close())

/** Each test begins a day later, so that all caches have expired. */
beforeEach(() => {
  spacio.reset()
  pass(24 * 3600)
})

/** Advances the gateway's clock. */
const pass = (seconds: number): void => {
  clock += seconds * 1000
}

const calls = () => listOperations(spacio.requests())

const getCount = (operation: string): number => calls().filter((name) => name === operation).length

const crowd = (url: string, size = 50) => Promise.all(Array.from({ length: size }, () => foyer.get(url)))

test('a second reader costs exactly one call', async () => {
  expect((await foyer.get('/leads?sid=10101')).status).toBe(200)
  expect(calls()).toEqual(['getProperty', 'getAccessToken', 'getRegistrants'])
  spacio.clearRequests()

  expect((await foyer.get('/leads?sid=10101')).status).toBe(200)

  expect(calls()).toEqual(['getRegistrants'])
})

test('50 cold readers at once cost one getProperty and one getAccessToken', async () => {
  spacio.fault({ operation: 'getProperty', kind: 'latency', ms: 40 })
  spacio.fault({ operation: 'getAccessToken', kind: 'latency', ms: 40 })

  const replies = await crowd('/leads?sid=10101&limit=1')

  expect(replies.map(({ status }) => status)).toEqual(Array(50).fill(200))
  expect([getCount('getProperty'), getCount('getAccessToken'), getCount('getRegistrants')]).toEqual([1, 1, 50])
})

describe.each(['access-denied', 'not-authorized'] as const)('a token that is rejected with %s', (tokenRefusal) => {
  beforeEach(() => {
    spacio.set({ tokenRefusal })
  })

  test('is renewed once for 50 readers at once, who all succeed', async () => {
    await foyer.get('/leads?sid=10101')
    spacio.revokeTokens()
    spacio.clearRequests()
    spacio.fault({ operation: 'getAccessToken', kind: 'latency', ms: 40 })

    const replies = await crowd('/leads?sid=10101&limit=1')

    expect(replies.map(({ status }) => status)).toEqual(Array(50).fill(200))
    expect(getCount('getAccessToken')).toBe(1)
    // A reader that starts after the renewal needs one call instead of two.
    expect(getCount('getRegistrants')).toBeLessThanOrEqual(100)
  })

  test('is renewed once for readers who learn of it one after the other', async () => {
    await foyer.get('/leads?sid=10101')
    spacio.revokeTokens()
    spacio.clearRequests()
    // The second half still has the rejected token when the first half has already renewed it.
    spacio.fault({ operation: 'getRegistrants', kind: 'latency', ms: 150, times: 10 })

    const replies = await crowd('/leads?sid=10101&limit=1', 20)

    expect(replies.map(({ status }) => status)).toEqual(Array(20).fill(200))
    expect(getCount('getAccessToken')).toBe(1)
  })

  test('a second rejection is a problem, cached for a minute, then requested again', async () => {
    spacio.set({ tokenTtlSeconds: 0 })
    const problem = tokenRefusal === 'access-denied' ? 'upstream-access-denied' : 'upstream-credentials'

    const first = await foyer.get('/leads?sid=10101')
    expect(first.body).toMatchObject({ code: problem, upstream: { operation: 'getRegistrants', code: tokenRefusal } })
    expect(calls()).toEqual(['getProperty', 'getAccessToken', 'getRegistrants', 'getAccessToken', 'getRegistrants'])

    spacio.clearRequests()
    pass(59)
    expect((await foyer.get('/leads?sid=10101')).body).toMatchObject({ code: problem })
    expect(calls()).toEqual([])

    pass(2)
    expect((await foyer.get('/leads?sid=10101')).body).toMatchObject({ code: problem })
    expect(calls()).toEqual(['getRegistrants', 'getAccessToken', 'getRegistrants'])

    spacio.set({ tokenTtlSeconds: 3600 })
    pass(61)
    expect((await foyer.get('/leads?sid=10101')).status).toBe(200)
  })

  test('for one property says nothing of another property of the same agent', async () => {
    spacio.fault({ operation: 'getRegistrants', kind: 'error', code: tokenRefusal, times: 2 })
    expect((await foyer.get('/leads?sid=10101')).status).toBeGreaterThan(400)
    expect((await foyer.get('/leads?sid=10113')).status).toBe(200)
  })
})

test('a token is cached for an hour and not longer', async () => {
  await foyer.get('/leads?sid=10101')
  pass(49 * 60)
  await foyer.get('/leads?sid=10101')
  expect(getCount('getAccessToken')).toBe(1)
  // It is not used in the meantime.
  pass(12 * 60)
  await foyer.get('/leads?sid=10101')
  expect(getCount('getAccessToken')).toBe(2)
})

describe('a token in use is renewed after 50 minutes', () => {
  beforeEach(async () => {
    await foyer.get('/leads?sid=10101')
    spacio.clearRequests()
    pass(51 * 60)
  })

  test('once for many readers, none of whom waits, and is good for another hour', async () => {
    spacio.fault({ operation: 'getAccessToken', kind: 'latency', ms: 60 })
    const replies = await crowd('/leads?sid=10101&limit=1', 20)
    expect(replies.map(({ status }) => status)).toEqual(Array(20).fill(200))
    await expect.poll(() => getCount('getAccessToken')).toBe(1)
    const tokenInUse = async () => {
      await foyer.get('/leads?sid=10101&limit=1')
      return spacio.requests().findLast(({ operation }) => operation === 'getRegistrants')?.form?.atoken
    }
    const old = spacio.requests().find(({ operation }) => operation === 'getRegistrants')?.form?.atoken
    // The gateway receives it a little after it was sent.
    await expect.poll(tokenInUse).not.toBe(old)
    pass(20 * 60)
    expect((await foyer.get('/leads?sid=10101')).status).toBe(200)
    expect(getCount('getAccessToken')).toBe(1)
  })

  test('and stays in use if that fails; it is tried again a minute later', async () => {
    spacio.fault({ operation: 'getAccessToken', kind: 'error', code: 'access-denied' })
    for (const seconds of [0, 30, 31]) {
      pass(seconds)
      expect((await foyer.get('/leads?sid=10101')).status).toBe(200)
    }
    await expect.poll(() => getCount('getAccessToken')).toBe(2)
    expect(getCount('getRegistrants')).toBe(3)
  })
})

test('an unknown e-mail address is cached for a minute, with its redirect', async () => {
  const url = '/agents/nobody@example.com/properties'
  const first = await foyer.get(url)
  expect(first).toMatchObject({ status: 404, body: { code: 'unknown-agent', redirectUrl: 'https://spac.io/signup' } })
  pass(59)
  const { requestId: _first, instance: _one, ...expected } = first.body
  const { requestId: _second, instance: _two, ...remembered } = (await foyer.get(url)).body
  expect(remembered).toEqual(expected)
  expect(calls()).toEqual(['getAccessToken'])

  pass(2)
  expect((await foyer.get(url)).status).toBe(404)
  expect(calls()).toEqual(['getAccessToken', 'getAccessToken'])
})

test('a failed token call is not cached', async () => {
  spacio.fault({ operation: 'getAccessToken', kind: 'status', status: 500, times: 2 })
  expect((await foyer.get('/leads?sid=10101')).body.code).toBe('upstream-failed')
  expect((await foyer.get('/leads?sid=10101')).status).toBe(200)
})

test.each(['getProperty', 'getAccessToken'])(
  'a failure of %s reaches all waiters, and is retried once for all of them',
  async (name) => {
    spacio.fault({ operation: name, kind: 'status', status: 500, ms: 40 })
    const replies = await crowd('/leads?sid=10101&limit=1', 20)
    expect(replies.map(({ body }) => body.code)).toEqual(Array(20).fill('upstream-failed'))
    expect(getCount(name)).toBe(2)
  },
)

test('an error of the leads themselves renews nothing', async () => {
  for (const code of ['invalid-sid', 'rate-reached']) {
    spacio.fault({ operation: 'getRegistrants', kind: 'error', code, times: 1 })
    expect((await foyer.get('/leads?sid=10101')).status).toBeGreaterThan(400)
  }
  expect(getCount('getAccessToken')).toBe(1)
  expect(getCount('getRegistrants')).toBe(2)
})

test('the owner of a property is cached for five minutes', async () => {
  await foyer.get('/leads?sid=10101')
  pass(299)
  await foyer.get('/leads?sid=10101')
  expect(getCount('getProperty')).toBe(1)
  pass(2)
  await foyer.get('/leads?sid=10101')
  expect(getCount('getProperty')).toBe(2)
})

describe.each(['getProperty', 'getAccessToken'])('the first of those who wait for %s leaves', (operation) => {
  test('and the others still get their response', async () => {
    const { port } = foyer.app.server.address() as AddressInfo
    spacio.fault({ operation, kind: 'latency', ms: 200, times: 1 })

    const impatient = httpGet({ port, host: '127.0.0.1', path: '/leads?sid=10101' })
    const left = once(impatient, 'error')
    await expect.poll(() => getCount(operation)).toBe(1)
    const others = crowd('/leads?sid=10101&limit=1', 5)
    impatient.destroy(new Error('enough'))
    await left

    expect((await others).map(({ status }) => status)).toEqual(Array(5).fill(200))
    expect(getCount(operation)).toBe(1)
  })
})

test('actingAgent reads with the token of another agent, which may be rejected', async () => {
  const own = await foyer.get('/leads?sid=10101&actingAgent=agent1@example.com')
  expect(own.status).toBe(200)
  expect(calls()).toEqual(['getAccessToken', 'getRegistrants'])
  const foreign = await foyer.get('/leads?sid=10101&actingAgent=agent2@example.com')
  expect(foreign).toMatchObject({ status: 403, body: { code: 'upstream-access-denied' } })
})
