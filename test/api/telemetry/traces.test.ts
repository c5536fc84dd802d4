/** Spans, if the operator enables them. */
import { afterEach, expect, test } from 'vitest'
import { createLogbook } from '../../support/telemetry.ts'
import { openSandboxAndGateway, type SandboxGateway } from '../../support/test-gateway.ts'
import { type Collector, startCollector } from '../../support/trace-collector.ts'

let collector: Collector
let foyer: SandboxGateway
const log = createLogbook()

const open = async (answer?: 'takes' | 'refuses' | 'hangs') => {
  log.clear()
  collector = await startCollector(answer)
  foyer = await openSandboxAndGateway({
    sandbox: { leads: 200 },
    env: { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url },
    logger: log.logger,
    flushTimeoutMs: 100,
  })
}

/** The remaining spans are sent at the end. */
const spansAtTheEnd = async () => {
  await foyer.close()
  return collector.spans()
}

afterEach(async () => {
  await foyer.close()
  await collector.close()
})

const server = 2
const client = 3

test('a span a request and one an attempt', async () => {
  await open()
  foyer.sandbox.control.spacio.fault({ operation: 'getProperty', kind: 'reset', times: 1 })
  await foyer.get('/properties/10101')
  const spans = await spansAtTheEnd()
  const [request] = spans.filter(({ kind }) => kind === server)
  const attempts = spans.filter(({ kind }) => kind === client)
  expect(spans).toHaveLength(3)
  expect(request).toMatchObject({
    name: 'GET /properties/:sid',
    attributes: {
      'http.request.method': 'GET',
      'http.route': '/properties/:sid',
      'http.response.status_code': 200,
      'foyer.tenant': 'default',
    },
  })
  expect(request).not.toHaveProperty('parentSpanId')
  expect(attempts.map(({ name, attributes }) => [name, attributes['foyer.upstream.outcome']])).toEqual([
    ['spacio getProperty', 'upstream-failed'],
    ['spacio getProperty', 'ok'],
  ])
  for (const { traceId, parentSpanId, startTimeUnixNano, endTimeUnixNano } of attempts) {
    expect({ traceId, parentSpanId }).toEqual({ traceId: request?.traceId, parentSpanId: request?.spanId })
    expect(BigInt(endTimeUnixNano)).toBeGreaterThanOrEqual(BigInt(startTimeUnixNano))
  }
  expect(collector.paths.every((path) => path === '/v1/traces')).toBe(true)
  expect(log.requests()[0]).toMatchObject({ traceId: request?.traceId })
})

test('problems by their code, failures of ours as errors', async () => {
  await open()
  await foyer.get('/nowhere/canary')
  foyer.sandbox.control.spacio.fault({ operation: '*', kind: 'body', body: 'no', status: 500 })
  await foyer.get('/properties/10101')
  const requests = (await spansAtTheEnd()).filter(({ kind }) => kind === server)
  expect(requests.map(({ name, status, attributes }) => [name, status.code ?? 0, attributes['error.type']])).toEqual([
    ['GET (unknown)', 0, 'not-found'],
    ['GET /properties/:sid', 2, 'upstream-failed'],
  ])
})

const traceId = '4bf92f3577b34da6a3ce929d0e0e4736'
const spanId = '00f067aa0ba902b7'

test('a trace that a client began goes on here, sampled or not, but not upstream', async () => {
  await open()
  const headers: string[] = []
  foyer.sandbox.control.clearRequests()
  for (const flags of ['01', '00']) {
    await foyer.get('/properties/10101', {
      traceparent: `00-${traceId}-${spanId}-${flags}`,
      tracestate: 'canary=1',
      baggage: 'canary=1',
      'cache-control': 'no-cache',
    })
  }
  for (const entry of foyer.sandbox.control.spacio.requests()) headers.push(JSON.stringify(entry))
  const requests = (await spansAtTheEnd()).filter(({ kind }) => kind === server)
  expect(requests).toHaveLength(2)
  for (const request of requests) expect(request).toMatchObject({ traceId, parentSpanId: spanId })
  expect(headers.length).toBeGreaterThan(0)
  expect(headers.join('')).not.toMatch(/canary|traceparent|tracestate|baggage/)
  expect(headers.join('')).not.toContain(traceId)
  expect(collector.bodies.join('')).not.toContain('canary')
})

test('health checks have none', async () => {
  await open()
  await foyer.get('/health/ready')
  await foyer.get('/health/live')
  expect(await spansAtTheEnd()).toEqual([])
})

test('a collector that rejects spans has no effect on requests', async () => {
  await open('refuses')
  expect((await foyer.get('/properties/10101')).status).toBe(200)
  await foyer.close()
  expect(collector.bodies.length).toBeGreaterThan(0)
  expect(log.text()).not.toMatch(/"level":(40|50|60)/)
})

test('shutdown does not wait for a collector that hangs', async () => {
  await open('hangs')
  expect((await foyer.get('/properties/10101')).status).toBe(200)
  await foyer.close()
  // The delivery has not timed out yet, but the gateway is closed.
  expect(await collector.waiting()).toBe(1)
})

test('an unavailable collector has no effect on requests', async () => {
  await open()
  await collector.close()
  expect((await foyer.get('/properties/10101')).status).toBe(200)
  await foyer.close()
})
