/** An unhandled rejection is logged and counted, and the process continues. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type GatewayProcess, startGateway } from '../../support/gateway-process.ts'

let gateway: GatewayProcess

beforeAll(async () => {
  const env = { SPACIO_API_KEY: 'key', SPACIO_BASE_URL: 'http://127.0.0.1:9', FOYER_AUTH: 'off' }
  gateway = await startGateway(env, 'test/support/rejecting-gateway.ts')
})

afterAll(async () => {
  gateway.kill('SIGTERM')
  expect(await gateway.exit).toBe(0)
})

test('the process continues, and reports the bug', async () => {
  gateway.kill('SIGWINCH')
  await gateway.waitForOutput(/"level":50.*"type":"TypeError".*a background task failed/)
  expect((await fetch(`${gateway.url}/health/live`)).status).toBe(200)
  const figures = await (await fetch(`${gateway.url}/metrics`)).text()
  expect(figures).toMatch(/^foyer_background_failures_total 1$/m)
  expect(gateway.output()).not.toContain('canary')
})
