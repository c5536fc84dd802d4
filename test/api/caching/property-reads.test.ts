/** Properties and open houses are cached for a minute, and served stale for 15 minutes while Spacio fails. */
import { get } from 'node:http'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { getCacheStatus, openTimedGateway, type TimedGateway } from '../../support/caching.ts'

let foyer: TimedGateway

beforeAll(async () => {
  foyer = await openTimedGateway()
})

beforeEach(() => foyer.nextDay())

afterAll(() => foyer.close())

const reads = [
  ['getProperty', '/properties/10101'],
  ['getOHSessions', '/properties/10101/open-houses'],
  ['getProperties', '/agents/agent1@example.com/properties'],
  ['getOHSessionCounts', '/brokerages/b1001/open-houses'],
] as const

const count = (operation: string): number => foyer.listCalls().filter((each) => each === operation).length

/** A server error is retried once. */
const failing = (operation: string) => foyer.sandbox.control.spacio.fault({ operation, kind: 'status', status: 500 })

describe.each(reads)('%s', (operation, url) => {
  test('is called once a minute, and the response has the age', async () => {
    const first = await foyer.get(url)
    expect([first.status, getCacheStatus(first)]).toEqual([200, 'Foyer; fwd=uri-miss; stored; ttl=60'])
    expect(first.headers).not.toHaveProperty('age')
    foyer.clock.pass(18)
    const second = await foyer.get(url)
    expect([getCacheStatus(second), second.headers.age, second.text]).toEqual(['Foyer; hit; ttl=42', '18', first.text])
    foyer.clock.pass(41.9)
    expect(getCacheStatus(await foyer.get(url))).toBe('Foyer; hit; ttl=1')
    expect(count(operation)).toBe(1)
    foyer.clock.pass(0.1)
    expect(getCacheStatus(await foyer.get(url))).toBe('Foyer; fwd=stale; stored; ttl=60')
    expect(count(operation)).toBe(2)
  })

  test('is called once for any number of waiters', async () => {
    const replies = await Promise.all(Array.from({ length: 20 }, () => foyer.get(url)))
    expect(replies.every(({ status }) => status === 200)).toBe(true)
    expect(count(operation)).toBe(1)
    expect(replies.map(getCacheStatus).sort()).toEqual([
      ...Array(19).fill('Foyer; fwd=uri-miss; stored; collapsed; ttl=60'),
      'Foyer; fwd=uri-miss; stored; ttl=60',
    ])
  })

  test('is served stale while Spacio fails, for at most 15 minutes', async () => {
    const { text } = await foyer.get(url)
    failing(operation)
    foyer.clock.pass(15 * 60)
    const reply = await foyer.get(url)
    expect([reply.status, reply.text, reply.headers.age]).toEqual([200, text, '900'])
    expect(getCacheStatus(reply)).toBe('Foyer; fwd=stale; fwd-status=500; ttl=-840; detail=upstream-failed')
    foyer.clock.pass(0.001)
    const delayed = await foyer.get(url)
    expect([delayed.status, delayed.body.code]).toEqual([502, 'upstream-failed'])
    expect(delayed.headers).not.toHaveProperty('cache-status')
    expect(delayed.headers).not.toHaveProperty('age')
  })

  test('with no-cache, no stale response is served', async () => {
    await foyer.get(url)
    const forced = await foyer.get(url, { 'cache-control': 'max-age=0, no-cache' })
    expect([getCacheStatus(forced), count(operation)]).toEqual(['Foyer; fwd=request; stored; ttl=60', 2])
    failing(operation)
    expect((await foyer.get(url, { 'cache-control': 'no-cache' })).status).toBe(502)
    expect(getCacheStatus(await foyer.get(url))).toBe('Foyer; hit; ttl=60')
  })
})

const outages = [
  ['a reset', { kind: 'reset' }, 'fwd=stale; fwd-status=502', 'upstream-failed'],
  ['half a body', { kind: 'truncate' }, 'fwd=stale; fwd-status=200', 'upstream-invalid-response'],
  ['a page', { kind: 'html' }, 'fwd=stale; fwd-status=200', 'upstream-invalid-response'],
  ['503', { kind: 'status', status: 503 }, 'fwd=stale; fwd-status=503', 'upstream-failed'],
  ['rate-reached', { kind: 'rate-reached' }, 'fwd=stale; fwd-status=200', 'upstream-rate-limited'],
] as const

test.each(outages)('after %s the cached response is served stale', async (_name, fault, forward, code) => {
  await foyer.get('/properties/10101')
  foyer.sandbox.control.spacio.fault({ operation: 'getProperty', ...fault })
  foyer.clock.pass(61)
  const reply = await foyer.get('/properties/10101')
  expect([reply.status, getCacheStatus(reply)]).toEqual([200, `Foyer; ${forward}; ttl=-1; detail=${code}`])
})

test('while Spacio is not called, a stale response is a hit', async () => {
  await foyer.get('/properties/10101')
  foyer.clock.pass(61)
  failing('getProperty')
  for (const sid of [10102, 10103, 10104]) await foyer.get(`/properties/${sid}`)
  foyer.sandbox.control.clearRequests()
  const reply = await foyer.get('/properties/10101')
  expect([getCacheStatus(reply), foyer.listCalls()]).toEqual(['Foyer; hit; ttl=-1; detail=upstream-unavailable', []])
})

test('stale responses are served when the hourly budget is used up', async () => {
  await foyer.get('/properties/10101')
  foyer.sandbox.control.spacio.fault({ operation: '*', kind: 'rate-reached' })
  await foyer.get('/properties/10102')
  foyer.clock.pass(61)
  foyer.sandbox.control.clearRequests()
  const reply = await foyer.get('/properties/10101')
  expect([getCacheStatus(reply), foyer.listCalls()]).toEqual(['Foyer; hit; ttl=-1; detail=upstream-rate-limited', []])
})

const denials = [
  ['access-denied', 403],
  ['not-authorized', 502],
  ['invalid-sid', 404],
  ['no-results', 404],
] as const

test.each(denials)('%s removes the cached response', async (code, status) => {
  await foyer.get('/properties/10101')
  foyer.clock.pass(61)
  foyer.sandbox.control.spacio.fault({ operation: 'getProperty', kind: 'error', code, times: 1 })
  expect((await foyer.get('/properties/10101')).status).toBe(status)
  failing('getProperty')
  expect((await foyer.get('/properties/10101')).status).toBe(502)
})

test('a denial removes the cached response even if it is fresh', async () => {
  await foyer.get('/properties/10101')
  foyer.sandbox.control.spacio.fault({ operation: 'getProperty', kind: 'error', code: 'access-denied', times: 1 })
  expect((await foyer.get('/properties/10101', { 'cache-control': 'no-cache' })).status).toBe(403)
  expect(getCacheStatus(await foyer.get('/properties/10101'))).toBe('Foyer; fwd=uri-miss; stored; ttl=60')
})

test('an undocumented error of Spacio is a valid reply, so no stale response is served', async () => {
  await foyer.get('/properties/10101')
  foyer.clock.pass(61)
  foyer.sandbox.control.spacio.fault({ operation: 'getProperty', kind: 'body', body: { error: 'odd' }, times: 1 })
  expect((await foyer.get('/properties/10101')).status).toBe(502)
  failing('getProperty')
  expect((await foyer.get('/properties/10101')).status).toBe(502)
})

test('the wire record comes from the cache, with the time of the upstream’s reply', async () => {
  const fetchedAt = foyer.clock
    .now()
    .toISOString()
    .replace(/\.\d{3}Z$/, 'Z')
  const plain = await foyer.get('/properties/10101')
  expect(plain.body).not.toHaveProperty('source')
  foyer.clock.pass(30)
  const reply = await foyer.get('/properties/10101?include=source')
  expect(reply.body).toMatchObject({ source: { fetchedAt, record: { sid: 10101 } } })
  const { source: _, ...rest } = reply.body
  expect([rest, getCacheStatus(reply)]).toEqual([plain.body, 'Foyer; hit; ttl=30'])
  expect((await foyer.get('/properties/10101')).text).toBe(plain.text)
  expect(foyer.listCalls()).toEqual(['getProperty'])
})

test('a page is a slice of the cached list, and does not change it', async () => {
  const url = '/properties/10103/open-houses'
  const first = await foyer.get(`${url}?limit=2`)
  const second = await foyer.get(`${url}?limit=2&offset=2`)
  const both = await foyer.get(`${url}?limit=4`)
  expect(both.body.data).toEqual([...first.body.data, ...second.body.data])
  expect(new Set(foyer.listCalls())).toEqual(new Set(['getOHSessions']))
  expect(getCacheStatus(both)).toBe('Foyer; hit; ttl=60')
})

test('a client disconnect does not affect other waiters', async () => {
  const address = await foyer.app.listen({ port: 0 })
  foyer.sandbox.control.spacio.fault({ operation: 'getProperty', kind: 'latency', ms: 300 })
  const leaving = get(`${address}/properties/10101`).on('error', () => {})
  await expect.poll(() => foyer.listCalls()).toEqual(['getProperty'])
  const waiting = foyer.get('/properties/10101')
  leaving.destroy()
  const reply = await waiting
  expect([reply.status, foyer.listCalls()]).toEqual([200, ['getProperty']])
})
