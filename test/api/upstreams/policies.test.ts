/** The policies from the point of view of a caller of the gateway. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { openSandboxAndGateway, type SandboxGateway } from '../../support/test-gateway.ts'

const hour = 3_600_000

let foyer: SandboxGateway
let clock = Date.now()

const spacio = () => foyer.sandbox.control.spacio
const liondesk = () => foyer.sandbox.control.liondesk

beforeAll(async () => {
  foyer = await openSandboxAndGateway({
    bypassesCache: true,
    sandbox: { leads: 300 },
    env: { SPACIO_HOURLY_BUDGET: '100' },
    now: () => new Date(clock),
  })
})

afterAll(() => foyer.close())

beforeEach(() => {
  foyer.sandbox.control.reset()
  clock += hour - (clock % hour)
})

const getStatus = async (system: 'spacio' | 'liondesk') => {
  const { body } = await foyer.get('/upstreams')
  return body.data.find((each: { system: string }) => each.system === system)
}

const getBreaker = async (system: 'spacio' | 'liondesk', name: string) =>
  (await getStatus(system)).breakers.find((each: { class: string }) => each.class === name)

describe('the breaker', () => {
  test('after five failures no call is sent; a probe after the pause closes the breaker', async () => {
    spacio().fault({ operation: 'getProperty', kind: 'html' })
    for (let call = 0; call < 5; call += 1) expect((await foyer.get('/properties/10101')).status).toBe(502)
    spacio().clearFaults()
    const refused = await foyer.get('/properties/10101')
    expect(refused).toMatchObject({ status: 503, body: { code: 'upstream-unavailable', retryAfter: 8 } })
    expect(refused.headers['retry-after']).toBe('8')
    expect(spacio().requests().length).toBe(5)
    expect(await getBreaker('spacio', 'read')).toEqual({ class: 'read', state: 'open', retryAfter: 8 })
    // Another class and another upstream.
    expect((await foyer.get('/brokerages/b1001/agents')).status).toBe(200)
    expect((await foyer.get('/events/7/properties')).status).toBe(200)

    clock += 8_000
    expect(await getBreaker('spacio', 'read')).toEqual({ class: 'read', state: 'half-open', retryAfter: null })
    expect((await foyer.get('/properties/10101')).status).toBe(200)
    expect(await getBreaker('spacio', 'read')).toEqual({ class: 'read', state: 'closed', retryAfter: null })
  })

  test.each([
    ['access-denied', 403],
    ['invalid-sid', 404],
  ])('%s does not open it', async (code, status) => {
    spacio().fault({ operation: 'getProperty', kind: 'error', code })
    for (let call = 0; call < 12; call += 1) expect((await foyer.get('/properties/10101')).status).toBe(status)
  })

  test('a rate-reached with 503 is a valid reply: it is not retried and does not count as a failure', async () => {
    spacio().fault({ operation: 'getProperty', kind: 'body', status: 503, body: { error: 'rate-reached' } })
    expect((await foyer.get('/properties/10101')).body).toMatchObject({ code: 'upstream-rate-limited' })
    expect(spacio().requests().length).toBe(1)
    expect((await getStatus('spacio')).budget.blockedUntil).not.toBeNull()
  })

  test('LionDesk’s failures in its own style open it; its refusals do not', async () => {
    liondesk().fault({ operation: 'find', kind: 'error', code: 'Forbidden' })
    for (let call = 0; call < 12; call += 1) expect((await foyer.get('/events/7/properties')).status).toBe(403)
    liondesk().clearFaults()
    liondesk().fault({ operation: 'find', kind: 'error', code: 'GeneralError' })
    for (let call = 0; call < 3; call += 1) await foyer.get('/events/7/properties')
    expect((await foyer.get('/events/7/properties')).body.code).toBe('upstream-unavailable')
    expect(await getBreaker('liondesk', 'read')).toMatchObject({ state: 'open' })
  })
})

describe('the retry', () => {
  test.each([
    ['reset', '/properties/10101'],
    ['truncate', '/brokerages/b1001/agents'],
    ['cut', '/leads?brokerageId=b1001'],
  ] as const)('%s once: the caller does not notice (%s)', async (kind, url) => {
    spacio().fault({ operation: '*', kind, times: 1 })
    expect((await foyer.get(url)).status).toBe(200)
  })
})

test('reports that cannot start within a second are rejected with Retry-After', async () => {
  spacio().fault({ operation: 'getClaimedList', kind: 'latency', ms: 600 })
  const receivedRequests = Array.from({ length: 16 }, (_, index) => foyer.get(`/brokerages/b${index}/agents`))
  const replies = await Promise.all(receivedRequests)
  const refused = replies.filter(({ body }) => body.code === 'overloaded')
  expect(refused.length).toBeGreaterThanOrEqual(4)
  expect(refused[0]).toMatchObject({ status: 503, body: { retryAfter: 1 } })
})

describe('the hourly budget', () => {
  test('reports stop at 70 %, single reads at 95 %; the status tells', async () => {
    const codes = []
    for (let call = 0; call < 75; call += 1) codes.push((await foyer.get('/brokerages/b1001/agents')).status)
    expect(codes).toEqual([...Array(70).fill(200), ...Array(5).fill(503)])
    expect((await foyer.get('/properties/10101')).status).toBe(200)
    expect((await getStatus('spacio')).budget).toMatchObject({ cap: 100, limit: 95, used: 71, blockedUntil: null })
    expect((await getStatus('liondesk')).budget).toBeNull()
    expect(spacio().requests().length).toBe(71)
  })

  test('the feed’s poller stops at 60 %', async () => {
    for (let call = 0; call < 61; call += 1) await foyer.get('/properties/10101')
    const refused = await foyer.get('/leads/feed?brokerageId=b1001')
    expect(refused).toMatchObject({ status: 503, body: { code: 'upstream-rate-limited' } })
    expect((await foyer.get('/brokerages/b1001/agents')).status).toBe(200)
  })

  test('a token is renewed ahead only while reports have calls left', async () => {
    const renewals = () =>
      spacio()
        .requests()
        .filter(({ operation }) => operation === 'getAccessToken').length
    clock += 5 * 60_000
    expect((await foyer.get('/leads?sid=10101')).status).toBe(200)
    clock += 51 * 60_000
    for (let call = 0; call < 70; call += 1) await foyer.get('/properties/10101')
    const before = renewals()
    expect((await foyer.get('/leads?sid=10101')).status).toBe(200)
    await new Promise((resolve) => setImmediate(resolve))
    expect(renewals()).toBe(before)
    clock += hour - (clock % hour)
    await foyer.get('/leads?sid=10101')
    await expect.poll(renewals).toBe(before + 1)
  })
})
