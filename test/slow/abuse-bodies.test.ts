/**
 * Malicious upstream replies: each has its expected outcome. bench/abuse-bodies measures how long they block the
 * process.
 */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { abuses } from '../../bench/abuse-bodies/abuses.ts'
import { type Stub, startStub } from '../support/stub.ts'
import { openGateway, type TestGateway } from '../support/test-gateway.ts'

const before: Record<string, string> = {
  'v1/getProperty': JSON.stringify({ sid: 10191, email: 'agent1@example.com' }),
  'v1/getAccessToken': JSON.stringify({ email: 'agent1@example.com', ukey: 'u', accessToken: 'a' }),
}

let answer: { operation: string; body: Buffer }
let stub: Stub
let gateway: TestGateway
let clock = Date.parse('2026-03-15T12:00:00Z')

beforeAll(async () => {
  stub = await startStub((request, response) => {
    const url = request.url ?? ''
    const operation = url.startsWith('/api/') ? url.slice('/api/'.length) : 'liondesk'
    response.setHeader('content-type', 'application/json')
    response.end(operation === answer.operation ? answer.body : (before[operation] ?? '"access-denied"'))
  })
  gateway = await openGateway(
    {
      SPACIO_API_KEY: 'k',
      SPACIO_BASE_URL: stub.url,
      LIONDESK_BASE_URL: stub.url,
      LIONDESK_ACCESS_TOKEN: 't',
    },
    { bypassesCache: true, now: () => new Date(clock) },
  )
})

afterAll(async () => {
  await gateway.close()
  await stub.close()
})

test.for(abuses)('$name: $want', async ({ url, operation, body, bytes, want }) => {
  // After an hour, the breakers are closed.
  clock += 3_700_000
  answer = { operation, body: Buffer.from(body(bytes)) }
  const reply = await gateway.app.inject(url)
  expect(reply.statusCode === 200 ? '200' : reply.json().code).toBe(want)
})
