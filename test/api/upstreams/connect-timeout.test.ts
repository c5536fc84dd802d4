/** A connection cannot be opened. Nothing was sent, so the call is retried once and the error reports it. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type SilentServer, startSilentServer } from '../../support/deaf-server.ts'
import { openGateway, type TestGateway } from '../../support/test-gateway.ts'

let server: SilentServer
let gateway: TestGateway
const calls: { operation: string; outcome: string; attempts: number }[] = []

beforeAll(async () => {
  server = await startSilentServer()
  const env = { SPACIO_BASE_URL: server.url, SPACIO_API_KEY: 'key', LIONDESK_BASE_URL: server.url }
  gateway = await openGateway(
    { ...env, LIONDESK_ACCESS_TOKEN: 'token' },
    // Nothing else ends the attempt.
    {
      connectTimeoutMs: 150,
      adjustLimits: (limits) => ({ ...limits, attemptTimeoutMs: 600_000, totalTimeoutMs: 600_000 }),
    },
  )
  gateway.app.onEnd(({ trace }) => {
    calls.push(...(trace?.calls.map(({ operation, outcome, attempts }) => ({ operation, outcome, attempts })) ?? []))
  })
})

afterAll(async () => {
  await gateway.close()
  await server.close()
})

test.concurrent.for([
  ['GET', '/properties/10101', undefined, 'getProperty'],
  ['POST', '/events/7/properties', { city: 'Reno' }, 'create'],
  ['PATCH', '/events/7/properties/1', { city: 'Reno' }, 'patch'],
] as const)(
  '%s %s: 504 after two attempts, and nothing is unknown',
  async ([method, url, body, operation], { expect }) => {
    const reply = await gateway.send(method, url, body)
    expect(reply).toMatchObject({
      status: 504,
      body: { code: 'upstream-timeout', upstream: { operation, retryable: true } },
    })
    expect(reply.body).not.toHaveProperty('outcome')
    const own = calls.filter((call) => call.operation === operation)
    expect(own).toEqual([{ operation, outcome: 'upstream-timeout', attempts: 2 }])
  },
)

test('no bytes were received', async () => {
  expect(await server.readReceived()).toBe('the last')
})
