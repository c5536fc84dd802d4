/** A connection that does not come about: nothing was sent, which is tried once more and told as it is. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type DeafServer, startDeafServer } from '../../support/deaf-server.ts'
import { type Gateway, openGateway } from '../../support/test-gateway.ts'

let server: DeafServer
let gateway: Gateway
const calls: { operation: string; outcome: string; attempts: number }[] = []

beforeAll(async () => {
  server = await startDeafServer()
  const env = { SPACIO_BASE_URL: server.url, SPACIO_API_KEY: 'key', LIONDESK_BASE_URL: server.url }
  gateway = await openGateway(
    { ...env, LIONDESK_ACCESS_TOKEN: 'token' },
    // Nothing else ends the attempt.
    { connectMs: 150, adjust: (limits) => ({ ...limits, attemptMs: 600_000, totalMs: 600_000 }) },
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

test('not a byte came of all that', async () => {
  expect(await server.heard()).toBe('the last')
})
