/** The log line of a request: the caller, the upstream calls, and the source of the response. */

import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { everyGrant, everyScope, writeClients } from '../../support/clients.ts'
import { request } from '../../support/http.ts'
import { type Issuer, startIssuer } from '../../support/jwt-issuer.ts'
import { createLogbook, parseMetrics } from '../../support/telemetry.ts'
import { openSandboxAndGateway, type SandboxGateway } from '../../support/test-gateway.ts'

const clients = writeClients({ board: { scopes: everyScope, grants: everyGrant } })
const log = createLogbook()

let foyer: SandboxGateway
let issuer: Issuer

beforeAll(async () => {
  issuer = await startIssuer()
  foyer = await openSandboxAndGateway({
    sandbox: { leads: 1000 },
    env: { FOYER_AUTH: 'required', FOYER_CLIENTS_FILE: clients.path, ...issuer.env },
    logger: log.logger,
  })
})
beforeEach(() => {
  foyer.sandbox.control.reset()
  log.clear()
})
afterAll(async () => {
  await foyer.close()
  await issuer.close()
})

const board = clients.headers('board')

test('the caller, the upstream calls, and the cache lookup', async () => {
  await foyer.get('/properties/10101', board)
  await foyer.get('/properties/10101', board)
  const call = { operation: 'getProperty', outcome: 'ok', milliseconds: expect.any(Number), attempts: 1 }
  const common = { tenant: 'default', client: 'board', route: '/properties/:sid', status: 200 }
  expect(log.requests()).toEqual([
    expect.objectContaining({ ...common, cache: 'miss', upstream: [call] }),
    expect.objectContaining({ ...common, cache: 'hit' }),
  ])
  expect(log.requests()[1]).not.toHaveProperty('upstream')
})

test('attempts, and the problem that came of them', async () => {
  foyer.sandbox.control.spacio.fault({ operation: 'getProperty', kind: 'body', body: 'no', status: 500 })
  await foyer.get('/properties/10102', board)
  expect(log.requests()[0]).toMatchObject({
    status: 502,
    code: 'upstream-failed',
    upstream: [{ operation: 'getProperty', outcome: 'upstream-failed', attempts: 2 }],
  })
})

test('of a token neither the subject nor the token', async () => {
  const token = await issuer.sign({ sub: 'canary.person@example.com', scope: 'properties:read', grants: everyGrant })
  const { status } = await foyer.get('/properties/10103', { authorization: `Bearer ${token}` })
  expect(status).toBe(200)
  expect(log.requests()[0]).toMatchObject({ client: 'jwt', tenant: 'default' })
  expect(log.text()).not.toContain('canary')
})

test('of a stranger nothing but the code', async () => {
  await foyer.get('/properties/10101')
  const [line] = log.requests()
  expect(line).toMatchObject({ status: 401, code: 'unauthenticated' })
  expect(line).not.toHaveProperty('tenant')
  expect(line).not.toHaveProperty('client')
})

test('a streamed response: all its calls are counted, the first ones listed', async () => {
  const large = await openSandboxAndGateway({ sandbox: { leads: 14_000 }, logger: log.logger })
  const from = new Date(Date.now() - 364 * 86_400_000).toISOString().slice(0, 10)
  const to = new Date().toISOString().slice(0, 10)
  const origin = await large.app.listen({ host: '127.0.0.1', port: 0 })
  const { body } = await request(`${origin}/leads/export?brokerageId=b1001&format=ndjson&from=${from}&to=${to}`)
  const lines = (await body.text()).split('\n').length
  await large.close()
  const receivedRequests = large.sandbox.control.spacio.requests().length
  expect(lines).toBeGreaterThan(5000)
  expect(log.requests()[0]?.upstream).toHaveLength(20)
  expect(log.requests()[0]?.upstreamCalls).toBe(receivedRequests)
})

test('a client that disconnects before the response', async () => {
  const slow = await openSandboxAndGateway({ sandbox: { leads: 200 }, logger: log.logger })
  slow.sandbox.control.spacio.fault({ operation: 'getProperty', kind: 'latency', ms: 30_000 })
  const origin = await slow.app.listen({ host: '127.0.0.1', port: 0 })
  const leaving = new AbortController()
  const answer = request(`${origin}/properties/10101`, { signal: leaving.signal }).catch(() => 'left')
  await expect.poll(() => slow.sandbox.control.spacio.requests()).toHaveLength(1)
  leaving.abort()
  expect(await answer).toBe('left')
  await expect.poll(() => log.requests()).toHaveLength(1)
  expect(log.requests()[0]).toMatchObject({ route: '/properties/:sid', status: 499, left: true })
  const { value } = parseMetrics((await slow.app.inject({ url: '/metrics' })).body)
  expect(value('foyer_http_requests_total', { route: '/properties/:sid', status: '499' })).toBe(1)
  await slow.close()
})
