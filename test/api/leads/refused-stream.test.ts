/** A browser's EventSource does not reconnect after any status but 200. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openEventReader } from '../../support/event-reader.ts'
import { openSandboxAndGateway, type SandboxGateway } from '../../support/test-gateway.ts'

let foyer: SandboxGateway
let url: string

beforeAll(async () => {
  foyer = await openSandboxAndGateway({ sandbox: { leads: 0 }, env: { FOYER_RATE_LIMIT: '1' } })
  url = `${await foyer.app.listen({ host: '127.0.0.1', port: 0 })}/leads/feed?brokerageId=b1001`
  await (await fetch(url)).text()
})

afterAll(() => foyer.close())

test('a stream that is rejected for too many requests tells a browser when to reconnect', async () => {
  const reader = await openEventReader(url)
  await reader.ended
  expect([reader.status, reader.headers['content-type']]).toEqual([200, 'text/event-stream; charset=utf-8'])
  expect(reader.events).toMatchObject([{ event: 'problem', data: { code: 'rate-limited', status: 429 } }])
  const leastMs = Number(reader.headers['retry-after']) * 1_000
  expect(reader.retry()).toBeGreaterThanOrEqual(leastMs)
  expect(reader.retry()).toBeLessThanOrEqual(leastMs + 8_000)
})

test('rejected browsers reconnect at different times', async () => {
  const retries = new Set<number | null>()
  for (let each = 0; each < 5; each += 1) {
    const reader = await openEventReader(url)
    await reader.ended
    retries.add(reader.retry())
  }
  expect(retries.size).toBeGreaterThan(1)
})

test('a client that accepts JSON gets the status', async () => {
  const reply = await fetch(url, { headers: { accept: 'application/json' } })
  await reply.text()
  expect([reply.status, reply.headers.get('content-type')]).toEqual([429, 'application/problem+json; charset=utf-8'])
})
