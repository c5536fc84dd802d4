/** For any bytes, the upstream receives only complete, valid requests, and the server continues to work. */
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { listenRaw, type RawReply, type RawServer } from '../../support/raw-requests.ts'
import { bodies, probes } from '../../support/smuggling-probes.ts'
import { openSandboxAndGateway, type SandboxGateway } from '../../support/test-gateway.ts'

let foyer: SandboxGateway
let server: RawServer

beforeAll(async () => {
  foyer = await openSandboxAndGateway({
    sandbox: { leads: 0 },
    timeouts: { headersMs: 150, requestMs: 200, keepAliveMs: 100, checkIntervalMs: 20 },
  })
  server = await listenRaw(foyer.app)
})

beforeEach(() => foyer.sandbox.control.clearRequests())

afterAll(async () => {
  await server.close()
  await foyer.close()
})

const expectSilence = () => {
  expect(foyer.sandbox.control.spacio.requests()).toEqual([])
  expect(foyer.sandbox.control.liondesk.requests()).toEqual([])
}

const expectRefusal = (reply: RawReply) => {
  expect([0, 400]).toContain(reply.status)
  // There is exactly one response.
  expect(reply.text).not.toMatch(/HTTP\/1\.1 \d/)
  if (reply.status !== 400) return
  expect(reply.headers.connection).toBe('close')
  expect(reply.body).toMatchObject({ code: 'invalid-request', requestId: reply.headers['x-request-id'] })
}

const send = (bytes: string) => server.send(Buffer.from(bytes, 'latin1'))

test('the test detects the hidden request of a probe', async () => {
  await send('GET /properties/10101 HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n')
  expect(foyer.sandbox.control.spacio.requests().length).toBeGreaterThan(0)
})

test.for(Object.entries(probes))('%s', async ([, bytes]) => {
  expectRefusal(await send(bytes))
  expectSilence()
})

test.for(Object.entries(bodies))('in a body, framed by %s', async ([, bytes]) => {
  const reply = await send(bytes)
  expect(reply.body).toMatchObject({ status: 400, code: 'invalid-request', detail: expect.stringMatching(/JSON/) })
  expect(reply.text).not.toMatch(/HTTP\/1\.1 \d/)
  expectSilence()
})

const chunkedPost = (chunk: string) =>
  'POST /events/7/properties HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n' +
  `Transfer-Encoding: chunked\r\n\r\n${chunk}`

test('a request whose body becomes unreadable gets a response', async () => {
  const reply = await send(chunkedPost('nonsense\r\n'))
  expectRefusal(reply)
  expect(reply.status).toBe(400)
})

test.for([
  ['request', 'nonsense\r\n\r\n'],
  ['body', chunkedPost('nonsense\r\n')],
])('an unreadable %s gets no response while an earlier request is pending', async ([, bytes]) => {
  foyer.sandbox.control.spacio.fault({ operation: 'getProperty', kind: 'latency', ms: 5_000 })
  const reply = await send(`GET /properties/10101 HTTP/1.1\r\nHost: localhost\r\n\r\n${bytes}`)
  foyer.sandbox.control.reset()
  expect(reply).toMatchObject({ status: 0, text: '' })
})

test('the server still answers', async () => {
  const reply = await send('GET /health/live HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n')
  expect(reply).toMatchObject({ status: 200, body: { status: 'ok' } })
  expect(Object.keys(probes).length).toBeGreaterThan(100)
})
