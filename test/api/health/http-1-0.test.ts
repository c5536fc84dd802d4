/** Load balancers such as HAProxy probe with HTTP/1.0 and without a Host header. */
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { exchangeRaw } from '../../support/raw-requests.ts'
import { openGateway, type TestGateway } from '../../support/test-gateway.ts'

let gateway: TestGateway

beforeAll(async () => {
  gateway = await openGateway({ SPACIO_API_KEY: 'k', SPACIO_BASE_URL: 'http://127.0.0.1:9' })
  await gateway.app.listen({ host: '127.0.0.1', port: 0 })
})

afterAll(() => gateway.close())

const send = (head: string): Promise<string> =>
  exchangeRaw((gateway.app.server.address() as AddressInfo).port, `${head}\r\n\r\n`)

test.each(['/health/live', '/health/ready'])('GET %s is answered in HTTP/1.0 without a Host', async (path) => {
  expect(await send(`GET ${path} HTTP/1.0`)).toMatch(/^HTTP\/1\.1 200 /)
})

test.each([
  ['another route', 'GET /problems HTTP/1.0'],
  ['HTTP/1.1', 'GET /health/live HTTP/1.1\r\nConnection: close'],
  ['an empty Host', 'GET /health/live HTTP/1.0\r\nHost:'],
])('with %s a Host is still required', async (_name, head) => {
  expect(await send(head)).toMatch(/^HTTP\/1\.1 400 .*The request must name its host/s)
})
