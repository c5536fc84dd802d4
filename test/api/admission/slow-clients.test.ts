/** A client that sends slowly, or not at all, is disconnected. No test waits longer than the server. */
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openGateway, type TestGateway } from '../../support/test-gateway.ts'

let gateway: TestGateway
let port: number

beforeAll(async () => {
  gateway = await openGateway(
    { SPACIO_API_KEY: 'k', SPACIO_BASE_URL: 'http://127.0.0.1:9' },
    { timeouts: { headersMs: 100, requestMs: 200, keepAliveMs: 100, checkIntervalMs: 20 } },
  )
  await gateway.app.listen({ host: '127.0.0.1', port: 0 })
  port = (gateway.app.server.address() as { port: number }).port
})

afterAll(() => gateway.close())

const open = async (): Promise<Socket> => {
  const socket = connect(port, '127.0.0.1')
  socket.on('error', () => {})
  await once(socket, 'connect')
  return socket
}

/** Writes a byte from time to time, as long as the server reads. */
const drip = (socket: Socket): void => {
  const tap = setInterval(() => socket.write('x'), 10)
  socket.once('close', () => clearInterval(tap))
}

const post = 'POST /events/7/properties HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n'

test.for<[string, string, boolean]>([
  ['a head that never ends', 'GET /problems HTTP/1.1\r\nhost: localhost\r\na: ', true],
  ['an unfinished head', 'GET /problems HTTP/1.1\r\nhost: localhost\r\n', false],
  ['a body that never ends', `${post}content-length: 10000\r\n\r\n`, true],
  ['an unfinished body', `${post}content-length: 10\r\n\r\n{`, false],
  ['a chunk that never ends', `${post}transfer-encoding: chunked\r\n\r\nfff\r\n`, true],
  ['unfinished chunks', `${post}transfer-encoding: chunked\r\n\r\n1\r\n{\r\n`, false],
  ['nothing', '', false],
])('%s', async ([, bytes, drips]) => {
  const socket = await open()
  if (bytes !== '') socket.write(bytes)
  if (drips) drip(socket)
  const reply = await text(socket)
  if (reply !== '') expect(reply).toMatch(/^HTTP\/1\.1 400 .*took too long/s)
})

test('closes an idle connection', async () => {
  const socket = await open()
  socket.write('GET /health/live HTTP/1.1\r\nhost: localhost\r\n\r\n')
  const reply = await text(socket)
  expect(reply).toMatch(/^HTTP\/1\.1 200 .*{"status":"ok"}$/s)
})

test('the default limits', async () => {
  const usual = await openGateway({ SPACIO_API_KEY: 'k' })
  const { headersTimeout, requestTimeout, keepAliveTimeout, timeout, maxRequestsPerSocket } = usual.app.server
  expect({ headersTimeout, requestTimeout, keepAliveTimeout, timeout, maxRequestsPerSocket }).toEqual({
    headersTimeout: 10_000,
    requestTimeout: 15_000,
    keepAliveTimeout: 65_000,
    timeout: 300_000,
    maxRequestsPerSocket: 10_000,
  })
  await usual.close()
})
