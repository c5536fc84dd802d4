/** The files of the documentation are loaded once, and all responses share their bytes. */
import { connect, type Socket } from 'node:net'
import { text } from 'node:stream/consumers'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openGateway, type TestGateway } from '../../support/test-gateway.ts'

const bundle = '/docs/static/swagger-ui-bundle.js'

let gateway: TestGateway
let payloads: unknown[]

beforeEach(async () => {
  gateway = await openGateway(
    { SPACIO_API_KEY: 'k', SPACIO_BASE_URL: 'http://127.0.0.1:9' },
    { timeouts: { unreadMs: 150 }, shedding: { slots: 30 } },
  )
  payloads = []
  gateway.app.addHook('onSend', async (_request, _reply, payload) => {
    payloads.push(payload)
    return payload
  })
})

afterEach(() => gateway.close())

const ask = (method: 'GET' | 'HEAD', url: string, headers = {}) => gateway.app.inject({ method, url, headers })

test.for([bundle, '/openapi.json', '/docs/json', '/docs/static/swagger-ui.css'])('%s', async (url) => {
  const first = await ask('GET', url)
  expect([first.statusCode, first.rawPayload.length > 100]).toEqual([200, true])
  await ask('GET', url)
  const head = await ask('HEAD', url)
  const [one, two, three] = payloads
  expect(Buffer.isBuffer(one)).toBe(true)
  expect([two === one, three === one]).toEqual([true, true])
  expect([head.statusCode, head.body]).toEqual([200, ''])
  const { date, 'x-request-id': requestId, ...headers } = first.headers
  expect(head.headers).toMatchObject(headers)
  const etag = String(first.headers.etag)
  const unchanged = await ask('GET', url, { 'if-none-match': `"other", ${etag}` })
  expect([unchanged.statusCode, unchanged.body, unchanged.headers.etag]).toEqual([304, '', etag])
  expect((await ask('GET', url, { 'if-none-match': '"other"' })).statusCode).toBe(200)
})

test('a path with dot segments is not a file, because each spelling would be loaded separately', async () => {
  const base = await gateway.app.listen({ host: '127.0.0.1', port: 0 })
  const socket = connect(Number(new URL(base).port), '127.0.0.1')
  socket.write('GET /docs/static/../static/swagger-ui.css HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n')
  expect(await text(socket)).toMatch(/^HTTP\/1\.1 40[04] /)
})

test.for(['/docs/static/nothing.js', '/docs/static/%73wagger-ui.css', '/docs/static//swagger-ui.css'])(
  'another spelling of a path is no file: %s',
  async (url) => {
    expect((await ask('GET', url)).statusCode).toBe(404)
  },
)

const until = async (isSo: () => boolean): Promise<void> => {
  while (!isSo()) await new Promise(setImmediate)
}

/** Requests more than the operating system buffers for a client that reads nothing. */
const leaveUnread = (port: number, url: string): Socket => {
  const socket = connect(port, '127.0.0.1').on('error', () => {})
  socket.write(`GET ${url} HTTP/1.1\r\nhost: localhost\r\n\r\n`.repeat(12))
  return socket.pause()
}

test('clients that leave a reply unread hold a third of the slots at most, and are disconnected', async () => {
  const base = await gateway.app.listen({ host: '127.0.0.1', port: 0 })
  const port = Number(new URL(base).port)
  await ask('GET', bundle)
  const sockets = Array.from({ length: 6 }, () => leaveUnread(port, bundle))
  await until(() => gateway.app.getInFlightCount() === 10)
  const other = await gateway.app.inject({ url: '/problems', remoteAddress: '198.51.100.1' })
  expect(other.statusCode).toBe(200)
  await until(() => gateway.app.getInFlightCount() === 0 && gateway.app.getWaitingCount() === 0)
  for (const socket of sockets) socket.destroy()
})
