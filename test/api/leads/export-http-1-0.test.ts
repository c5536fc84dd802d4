/**
 * In HTTP/1.0, a body without Content-Length ends with the connection, which also ends when a process is killed. A
 * client could not distinguish a truncated export from a complete one.
 */
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { exchangeRaw } from '../../support/raw-requests.ts'
import { openSandboxAndGateway, type SandboxGateway } from '../../support/test-gateway.ts'

let foyer: SandboxGateway
let port: number

beforeAll(async () => {
  foyer = await openSandboxAndGateway()
  await foyer.app.listen({ host: '127.0.0.1', port: 0 })
  port = (foyer.app.server.address() as AddressInfo).port
})

afterAll(() => foyer.close())

const requestWith = (method: string, query: string, headers = ''): Promise<string> =>
  exchangeRaw(port, `${method} /leads/export?${query} HTTP/1.0\r\nHost: localhost\r\n${headers}\r\n`)

test.each([
  ['as CSV', 'format=csv', ''],
  ['as NDJSON', 'format=ndjson', ''],
  ['with keep-alive', 'format=csv', 'Connection: keep-alive\r\n'],
  ['with chunks allowed', 'format=csv', 'TE: chunked\r\n'],
])('an HTTP/1.0 client gets a problem document instead of an export %s', async (_name, query, headers) => {
  foyer.sandbox.control.reset()
  const reply = await requestWith('GET', `brokerageId=b1001&${query}`, headers)
  const [head = '', body = ''] = reply.split('\r\n\r\n')
  expect(head).toMatch(/^HTTP\/1\.1 426 /)
  expect(head).toMatch(/^Upgrade: HTTP\/1\.1$/im)
  expect(JSON.parse(body)).toMatchObject({ code: 'http-version-too-old', status: 426 })
  expect(foyer.sandbox.control.spacio.requests()).toEqual([])
})

test('HEAD returns the status of GET', async () => {
  expect(await requestWith('HEAD', 'brokerageId=b1001')).toMatch(/^HTTP\/1\.1 426 /)
})

test('an invalid parameter is reported first', async () => {
  expect(await requestWith('GET', 'brokerageId=b1001&limit=5')).toMatch(/^HTTP\/1\.1 400 /)
})

test('lists work in HTTP/1.0, because they have a Content-Length', async () => {
  const reply = await exchangeRaw(port, 'GET /leads?brokerageId=b1001 HTTP/1.0\r\nHost: localhost\r\n\r\n')
  expect(reply).toMatch(/^HTTP\/1\.1 200 /)
  expect(reply).toMatch(/^content-length: \d+/im)
})
