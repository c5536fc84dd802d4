import { afterAll, beforeAll, expect, test } from 'vitest'
import { openSandboxAndGateway, type SandboxGateway } from '../../support/test-gateway.ts'

let foyer: SandboxGateway

beforeAll(async () => {
  foyer = await openSandboxAndGateway()
})

afterAll(() => foyer.close())

test.each([
  ['POST', '/agents/agent1@example.com/access-token'],
  ['DELETE', '/events/7/properties/1'],
])('%s %s accepts no body: 400 without an upstream call', async (method, url) => {
  foyer.sandbox.control.clearRequests()
  const { status, body } = await foyer.send(method, url, { a: 1 })
  expect([status, body.errors[0].path]).toEqual([400, 'body'])
  expect(foyer.sandbox.control.spacio.requests()).toEqual([])
  expect(foyer.sandbox.control.liondesk.requests()).toEqual([])
})

test('caches must not store private responses; browsers may store listings and must revalidate them', async () => {
  expect((await foyer.get('/leads?sid=10101')).headers['cache-control']).toBe('no-store')
  expect((await foyer.get('/properties/10101')).headers['cache-control']).toBe('private, no-cache')
  expect((await foyer.get('/properties/1')).headers['cache-control']).toBe('no-store')
  expect((await foyer.get('/problems')).headers['cache-control']).toBeUndefined()
})

test('a patch whose result cannot be read has an unknown outcome', async () => {
  foyer.sandbox.control.liondesk.fault({ operation: 'patch', kind: 'body', body: '', status: 204 })
  foyer.sandbox.control.liondesk.fault({ operation: 'get', kind: 'status', status: 500 })
  const { status, body } = await foyer.send('PATCH', '/events/7/properties/2', { city: 'Elsewhere' })
  expect([status, body.outcome, body.upstream.operation, body.upstream.retryable]).toEqual([
    502,
    'unknown',
    'patch',
    false,
  ])
  foyer.sandbox.control.reset()
})
