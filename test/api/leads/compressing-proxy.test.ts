/** Many development servers and some proxies compress responses with the package that this test uses. */
import compression from 'compression'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openEventReader } from '../../support/event-reader.ts'
import { type ExpressProxy, startExpressProxy } from '../../support/express-proxy.ts'
import { openSandboxAndGateway, type SandboxGateway } from '../../support/test-gateway.ts'

let foyer: SandboxGateway
let proxy: ExpressProxy

beforeAll(async () => {
  foyer = await openSandboxAndGateway({ sandbox: { leads: 500 }, env: { FOYER_FEED_FLOOR: '0.05' } })
  const target = await foyer.app.listen({ host: '127.0.0.1', port: 0 })
  proxy = await startExpressProxy(() => target, { before: [compression({ threshold: 0 })] })
})

afterAll(async () => {
  proxy.close()
  await foyer.close()
})

const acceptsGzip = { 'accept-encoding': 'gzip' }

test('the proxy compresses other replies', async () => {
  const reply = await fetch(`${proxy.url}/problems`, { headers: acceptsGzip })
  expect(reply.headers.get('content-encoding')).toBe('gzip')
  await reply.body?.cancel()
})

test('events of a live feed arrive when they are sent', async () => {
  const reader = await openEventReader(`${proxy.url}/leads/feed?brokerageId=b1001`, acceptsGzip)
  await expect.poll(() => reader.comments()).toContain('still here')
  const [lead] = foyer.sandbox.control.spacio.addLead({ sid: 10101, name: 'Newcomer' })
  await expect.poll(() => reader.leadIds()).toContain(lead?.id)
  expect(reader.headers['cache-control']).toBe('no-store, no-transform')
  reader.disconnect()
})

test('an export is forwarded unchanged', async () => {
  const reply = await fetch(`${proxy.url}/leads/export?brokerageId=b1001`, { headers: acceptsGzip })
  expect(reply.headers.get('content-encoding')).toBeNull()
  expect(reply.headers.get('cache-control')).toBe('no-store, no-transform')
  expect(await reply.text()).toMatch(/^"id",/)
})
