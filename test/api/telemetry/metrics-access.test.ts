/** Who may read the metrics, and where. */
import { once } from 'node:events'
import { createServer } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { everyGrant, everyScope, writeClients } from '../../support/clients.ts'
import { request } from '../../support/http.ts'
import { parseMetrics } from '../../support/telemetry.ts'
import { openSandboxAndGateway, type SandboxGateway } from '../../support/test-gateway.ts'

const clients = writeClients({
  operator: { scopes: ['ops:read'] },
  board: { scopes: everyScope.filter((scope) => scope !== 'ops:read'), grants: everyGrant },
})

let foyer: SandboxGateway | undefined

const open = async (env: Record<string, string> = {}) => {
  foyer = await openSandboxAndGateway({
    sandbox: { leads: 200 },
    env: { FOYER_AUTH: 'required', FOYER_CLIENTS_FILE: clients.path, ...env },
  })
  return foyer
}

afterEach(async () => {
  await foyer?.close()
  foyer = undefined
})

test('with everything else they need ops:read', async () => {
  const { get } = await open()
  expect(await get('/metrics')).toMatchObject({ status: 401 })
  expect(await get('/metrics', clients.headers('board'))).toMatchObject({ status: 403 })
  expect(await get('/metrics', clients.headers('operator'))).toMatchObject({ status: 200 })
})

test('rejections are counted by their reason', async () => {
  const { get } = await open({ FOYER_RATE_LIMIT: '2' })
  await get('/upstreams')
  await get('/upstreams', { 'x-api-key': 'fk_wrong' })
  await get('/upstreams', { 'x-api-key': 'fk_wrong', authorization: 'Bearer x' })
  for (let count = 0; count < 4; count += 1) await get('/properties', clients.headers('board'))
  for (let count = 0; count < 4; count += 1) await get('/properties/1x', clients.headers('board'))
  const { value } = parseMetrics((await get('/metrics', clients.headers('operator'))).text)
  for (const reason of ['missing', 'invalid', 'several']) {
    expect(value('foyer_authentication_failures_total', { reason })).toBe(1)
  }
  expect(value('foyer_rate_limited_total', { limit: 'client' })).toBe(2)
})

test('too many wrong credentials, and too many requests from an address', async () => {
  const { get } = await open({ FOYER_RATE_LIMIT: '4' })
  for (let count = 0; count < 31; count += 1) await get('/upstreams', { 'x-api-key': 'fk_wrong' })
  const { value } = parseMetrics((await get('/metrics', clients.headers('operator'))).text)
  expect(value('foyer_rate_limited_total', { limit: 'credentials' })).toBe(1)
  for (let count = 0; count < 10; count += 1) await get('/problems')
  const text = await foyer?.app.scrape?.text()
  expect(parseMetrics(text ?? '').value('foyer_rate_limited_total', { limit: 'address' })).toBeGreaterThanOrEqual(1)
})

test('requests rejected under load are counted by their class', async () => {
  foyer = await openSandboxAndGateway({ sandbox: { leads: 200 }, shedding: { slots: 0, maxWaiting: 0 } })
  await foyer.get('/leads?brokerageId=b1001')
  const { value } = parseMetrics((await foyer.app.scrape?.text()) ?? '')
  expect(value('foyer_shed_total', { class: 'report' })).toBe(1)
})

test('a separate port needs no credentials, and serves nothing else', async () => {
  const { app, get } = await open({ FOYER_METRICS_PORT: '0' })
  await get('/problems')
  await app.ready()
  const origin = `http://127.0.0.1:${app.getMetricsPort()}`
  const reply = await request(`${origin}/metrics`)
  expect(reply.statusCode).toBe(200)
  expect(reply.headers['content-type']).toBe('text/plain; version=0.0.4; charset=utf-8')
  expect(parseMetrics(await reply.body.text()).value('foyer_http_requests_total', { route: '/problems' })).toBe(1)
  for (const path of ['/', '/upstreams', '/metrics/', '/openapi.json', '/health/live', '/problems']) {
    expect((await request(`${origin}${path}`)).statusCode).toBe(404)
  }
  expect((await request(`${origin}/metrics`, { method: 'POST' })).statusCode).toBe(405)
})

test('and then not on the main one', async () => {
  const { get, app } = await open({ FOYER_METRICS_PORT: '0' })
  const reply = await get('/metrics', clients.headers('operator'))
  expect(reply).toMatchObject({ status: 404, body: { code: 'not-found' } })
  expect((await app.inject('/openapi.json')).body).not.toContain('"/metrics"')
})

test('that port is given back at the end', async () => {
  const { app, close } = await open({ FOYER_METRICS_PORT: '0' })
  await app.ready()
  const port = app.getMetricsPort()
  await request(`http://127.0.0.1:${port}/metrics`).then(({ body }) => body.dump())
  await close()
  foyer = undefined
  await expect(request(`http://127.0.0.1:${port}/metrics`)).rejects.toThrow(/ECONNREFUSED/)
})

test('the gateway does not start without its metrics port', async () => {
  const other = createServer().listen(0, '127.0.0.1')
  await once(other, 'listening')
  const { port } = other.address() as { port: number }
  const { app } = await open({ FOYER_METRICS_PORT: String(port) })
  await expect(app.listen({ host: '127.0.0.1', port: 0 })).rejects.toMatchObject({ code: 'EADDRINUSE', port })
  other.close()
})
