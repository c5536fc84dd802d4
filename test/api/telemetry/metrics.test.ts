/** The metrics and their counts. No value of a client becomes a label. */
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { type ParsedMetrics, scrape } from '../../support/telemetry.ts'
import { openSandboxAndGateway, type SandboxGateway } from '../../support/test-gateway.ts'

let foyer: SandboxGateway
let before: ParsedMetrics

beforeAll(async () => {
  foyer = await openSandboxAndGateway({ sandbox: { leads: 200 } })
})
beforeEach(async () => {
  foyer.sandbox.control.reset()
  before = await scrape(foyer.app)
})
afterAll(() => foyer.close())

/** The growth of a series since the test began. */
const grown = async (name: string, labels: Record<string, string> = {}): Promise<number> =>
  (await scrape(foyer.app)).value(name, labels) - before.value(name, labels)

test('requests by method, route and status, with their times', async () => {
  await foyer.get('/problems/internal')
  await foyer.get('/problems/nonsense')
  const route = '/problems/:code'
  expect(await grown('foyer_http_requests_total', { method: 'GET', route, status: '200' })).toBe(1)
  expect(await grown('foyer_http_requests_total', { method: 'GET', route, status: '404' })).toBe(1)
  expect(await grown('foyer_http_request_duration_seconds_count', { method: 'GET', route })).toBe(2)
  expect(await grown('foyer_http_problems_total', { code: 'not-found' })).toBe(1)
})

test('the metrics have the text format and include those of the process', async () => {
  const { headers, text } = await foyer.get('/metrics')
  expect(headers['content-type']).toBe('text/plain; version=0.0.4; charset=utf-8')
  expect(headers['cache-control']).toBe('no-store')
  expect(text).toContain('# TYPE foyer_http_requests_total counter\n')
  expect(before.value('process_resident_memory_bytes')).toBeGreaterThan(0)
  expect(before.samples.map(({ name }) => name)).toContain('nodejs_eventloop_lag_p99_seconds')
})

test('attempts, retries and calls upstream', async () => {
  foyer.sandbox.control.spacio.fault({ operation: 'getProperty', kind: 'reset', times: 1 })
  await foyer.get('/properties/10101', { 'cache-control': 'no-cache' })
  const of = { system: 'spacio', operation: 'getProperty' }
  expect(await grown('foyer_upstream_attempts_total', { ...of, outcome: 'upstream-failed' })).toBe(1)
  expect(await grown('foyer_upstream_attempts_total', { ...of, outcome: 'ok' })).toBe(1)
  expect(await grown('foyer_upstream_retries_total', of)).toBe(1)
  expect(await grown('foyer_upstream_calls_total', { ...of, outcome: 'ok' })).toBe(1)
  expect(await grown('foyer_upstream_attempt_duration_seconds_count', { system: 'spacio', class: 'read' })).toBe(2)
})

test('what the cache held', async () => {
  await foyer.get('/properties/10102')
  await foyer.get('/properties/10102')
  expect(await grown('foyer_cache_lookups_total', { cache: 'property', outcome: 'miss' })).toBe(1)
  expect(await grown('foyer_cache_lookups_total', { cache: 'property', outcome: 'hit' })).toBeGreaterThanOrEqual(1)
})

test('state of other modules, at the time of the scrape', async () => {
  const { value, samples } = before
  expect(value('foyer_spacio_budget_cap', { tenant: 'default' })).toBe(12_000)
  expect(value('foyer_spacio_budget_limit', { tenant: 'default' })).toBe(11_400)
  await foyer.get('/properties/10103')
  expect(await grown('foyer_spacio_budget_used', { tenant: 'default' })).toBeGreaterThanOrEqual(1)
  const classes = (name: string) =>
    samples.filter((sample) => sample.name === name).map(({ labels }) => `${labels.system} ${labels.class}`)
  for (const name of ['foyer_breaker_state', 'foyer_bulkhead_in_flight', 'foyer_bulkhead_queued']) {
    expect(classes(name)).toContain('spacio report')
    expect(classes(name)).toContain('liondesk write')
  }
  expect(value('foyer_feed_listeners')).toBe(0)
  // The request for the metrics itself.
  expect(value('foyer_http_requests_in_flight')).toBe(1)
})

test('a breaker that is open', async () => {
  foyer.sandbox.control.liondesk.fault({ operation: '*', kind: 'body', body: '<html>', status: 500 })
  for (let count = 0; count < 6; count += 1) await foyer.get('/events/7/properties/1')
  const labels = { tenant: 'default', system: 'liondesk', class: 'read' }
  expect((await scrape(foyer.app)).value('foyer_breaker_state', labels)).toBe(2)
  // A rejected call is not an attempt.
  const attempts = await grown('foyer_upstream_attempts_total', { system: 'liondesk' })
  await foyer.get('/events/7/properties/1')
  expect(await grown('foyer_upstream_attempts_total', { system: 'liondesk' })).toBe(attempts)
  expect(await grown('foyer_upstream_calls_total', { outcome: 'upstream-unavailable' })).toBeGreaterThanOrEqual(1)
})

test('drift, by the names of our tables: others are one', async () => {
  const body = { sid: 10104, price: 'a lot', 'secret-name': 1, k4n4ry: 2, another: 3 }
  foyer.sandbox.control.spacio.fault({ operation: 'getProperty', kind: 'body', body })
  await foyer.get('/properties/10104', { 'cache-control': 'no-cache' })
  const of = { system: 'spacio', resource: 'spacio.property' }
  const { text } = await scrape(foyer.app)
  expect(text).not.toContain('k4n4ry')
  expect(await grown('foyer_drift_total', { ...of, field: '(other)', kind: 'unknown-field' })).toBe(3)
  expect(await grown('foyer_drift_total', { ...of, field: 'price', kind: 'unreadable' })).toBe(1)
})

test('thousands of URLs, methods and ids create no more series than one of each', async () => {
  const ask = async (index: number) => {
    await foyer.app.inject({ url: `/nowhere/${index}/person${index}@example.com` })
    await foyer.app.inject({ url: `/problems/code-${index}` })
    await foyer.app.inject({ url: `/events/7/properties/a@b-${index}?limit=${index}` })
    await foyer.app.inject({ url: `/properties/${index}x` })
  }
  const methods = ['PROPFIND', 'PURGE', 'MKCOL', 'TRACE', 'LINK'] as const
  await ask(0)
  await foyer.app.inject({ method: methods[0] as 'GET', url: '/nowhere' })
  const { samples } = await scrape(foyer.app)
  for (let index = 1; index <= 250; index += 1) await ask(index)
  for (const method of methods) await foyer.app.inject({ method: method as 'GET', url: '/nowhere' })
  const after = await scrape(foyer.app)
  expect(after.samples.filter(({ name }) => name.startsWith('foyer_'))).toHaveLength(
    samples.filter(({ name }) => name.startsWith('foyer_')).length,
  )
  expect(await grown('foyer_http_requests_total', { route: '(unknown)', method: 'GET', status: '404' })).toBe(251)
  expect(await grown('foyer_http_requests_total', { method: '(other)' })).toBe(6)
})

test('a second app has its own counts', async () => {
  const other = await openSandboxAndGateway({ sandbox: { leads: 200 } })
  await other.get('/problems/internal')
  expect((await scrape(other.app)).value('foyer_http_requests_total', { route: '/problems/:code' })).toBe(1)
  expect(await grown('foyer_http_requests_total', { route: '/problems/:code' })).toBe(0)
  await other.close()
})
