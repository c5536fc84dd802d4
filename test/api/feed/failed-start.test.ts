/** A live feed that cannot start: a browser reconnects by itself after a temporary failure, and gives up after another. */
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openEventReader } from '../../support/event-reader.ts'
import { openSandboxAndGateway, type SandboxGateway } from '../../support/test-gateway.ts'

let foyer: SandboxGateway
let url: string

beforeEach(async () => {
  foyer = await openSandboxAndGateway({ sandbox: { leads: 100 } })
  url = `${await foyer.app.listen({ host: '127.0.0.1', port: 0 })}/leads/feed?teamId=t2001`
})
afterEach(() => foyer.close())

test.for([
  ['status', { status: 500 }, 'upstream-failed', 502],
  ['status', { status: 503 }, 'upstream-failed', 502],
  ['reset', {}, 'upstream-failed', 502],
  ['rate-reached', { resetsIn: 60 }, 'upstream-rate-limited', 503],
] as const)('after %s %j, a browser reconnects', async ([kind, more, code, status]) => {
  foyer.sandbox.control.spacio.fault({ operation: '*', kind, ...more } as never)
  const reader = await openEventReader(url)
  await reader.ended
  expect([reader.status, reader.headers['content-type']]).toEqual([200, 'text/event-stream; charset=utf-8'])
  expect(reader.events).toMatchObject([{ event: 'problem', data: { code, status } }])
  expect(reader.retry()).toBeGreaterThanOrEqual(1_000)
})

test.for([
  ['an upstream that denies access', 'access-denied', 403, 'upstream-access-denied'],
  ['an unknown team', 'invalid-tid', 404, 'unknown-team'],
] as const)('after %s, a browser gives up', async ([, error, status, code]) => {
  foyer.sandbox.control.spacio.fault({ operation: '*', kind: 'error', code: error })
  const reader = await openEventReader(url)
  await reader.ended
  expect(reader.status).toBe(status)
  expect(JSON.parse(reader.text())).toMatchObject({ code })
})

test('a client that accepts JSON gets the status of a temporary failure', async () => {
  foyer.sandbox.control.spacio.fault({ operation: '*', kind: 'status', status: 500 })
  const reply = await fetch(url, { headers: { accept: 'application/json' } })
  expect([reply.status, ((await reply.json()) as { code: string }).code]).toEqual([502, 'upstream-failed'])
})
