/** Readiness does not depend on the upstreams. */
import { expect, test } from 'vitest'
import { startStub } from '../../support/stub.ts'
import { scrape } from '../../support/telemetry.ts'
import { openGateway } from '../../support/test-gateway.ts'

test('ready while both upstreams are unavailable', async () => {
  const stub = await startStub(() => {})
  await stub.close()
  const { get, app, close } = await openGateway({
    SPACIO_BASE_URL: stub.url,
    SPACIO_API_KEY: 'key',
    LIONDESK_BASE_URL: stub.url,
    LIONDESK_ACCESS_TOKEN: 'token',
  })
  for (let count = 0; count < 6; count += 1) {
    expect((await get(`/properties/1010${count}`)).status).toBeGreaterThanOrEqual(502)
    expect((await get('/events/7/properties')).status).toBeGreaterThanOrEqual(502)
  }
  const { value } = await scrape(app)
  for (const system of ['spacio', 'liondesk']) {
    expect(value('foyer_breaker_state', { system, class: 'read' })).toBe(2)
  }
  expect(await get('/health/ready')).toMatchObject({ status: 200, body: { status: 'ok' } })
  expect(await get('/health/live')).toMatchObject({ status: 200, body: { status: 'ok' } })
  expect(stub.paths).toEqual([])
  await close()
})
