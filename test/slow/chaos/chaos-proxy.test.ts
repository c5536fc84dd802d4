/** The proxy applies the given fault, and nothing else. */
import { createHash } from 'node:crypto'
import { createServer, type IncomingMessage, request, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { type ChaosProxy, type NetworkFault, startProxy } from '../../support/chaos/proxy.ts'

let server: Server
let proxy: ChaosProxy
let arrived: string[] = []

const getHash = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex')

/** The same bytes for the same length. */
const getBytes = (length: number): Buffer => Buffer.alloc(length, createHash('sha512').update(String(length)).digest())

/** Responds with the number of bytes in the path, and with the digest of the request body. */
beforeAll(async () => {
  server = createServer(async (incoming, response) => {
    const body = await buffer(incoming)
    arrived.push(incoming.url ?? '')
    const reply = getBytes(Number(incoming.url?.slice(1)))
    response.writeHead(200, { 'content-length': String(reply.length), 'x-digest': getHash(body) })
    response.end(reply)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  proxy = await startProxy(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
})

afterAll(async () => {
  await proxy.close()
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
})

beforeEach(() => {
  proxy.calm()
  arrived = []
})

interface Outcome {
  digest: unknown
  /** The received part of the body. */
  body: Buffer
  error: string | null
}

const send = (length: number, body: Buffer = Buffer.alloc(0), signal?: AbortSignal): Promise<Outcome> =>
  new Promise((resolve) => {
    const chunks: Buffer[] = []
    let reply: IncomingMessage | undefined
    const end = (error: NodeJS.ErrnoException | null) =>
      resolve({ digest: reply?.headers['x-digest'], body: Buffer.concat(chunks), error: error && (error.code ?? '') })
    const options = { method: 'POST', agent: false as const, ...(signal && { signal }) }
    const sent = request(`${proxy.url}/${length}`, options, (response) => {
      reply = response
      response.on('data', (chunk) => chunks.push(chunk))
      response.on('error', end)
      response.on('end', () => end(null))
    })
    sent.on('error', end)
    sent.end(body)
  })

test.each<[string, NetworkFault | null]>([
  ['no fault', null],
  ['latency', { kind: 'latency', ms: 5 }],
  ['jitter', { kind: 'latency', ms: 0, jitter: 10 }],
  ['bandwidth', { kind: 'bandwidth', bytesPerSecond: 10_000_000 }],
])('%s: every byte passes, both ways', async (_name, fault) => {
  proxy.strike([fault])
  const before = proxy.counts()
  const body = getBytes(100_003)
  const outcome = await send(300_007, body)
  expect(outcome).toMatchObject({ digest: getHash(body), error: null })
  expect(getHash(outcome.body)).toBe(getHash(getBytes(300_007)))
  const after = proxy.counts()
  expect([after.connections - before.connections, after.exchanges - before.exchanges]).toEqual([1, 1])
  expect(after.up - before.up).toBeGreaterThan(100_003)
  expect(after.down - before.down).toBeGreaterThan(300_007)
})

test.each<[string, NetworkFault, { error: string; came: number; arrived: number }]>([
  ['reset', { kind: 'reset' }, { error: 'ECONNRESET', came: 0, arrived: 0 }],
  ['reset before the headers', { kind: 'reset-before-headers' }, { error: 'ECONNRESET', came: 0, arrived: 1 }],
  ['cut', { kind: 'cut' }, { error: 'ECONNRESET', came: 100_000, arrived: 1 }],
  ['cut at once', { kind: 'cut', fraction: 0 }, { error: 'ECONNRESET', came: 0, arrived: 1 }],
  ['cut before the last byte', { kind: 'cut', fraction: 1 }, { error: 'ECONNRESET', came: 199_999, arrived: 1 }],
  ['slow close', { kind: 'slow-close', ms: 5 }, { error: 'ECONNRESET', came: 0, arrived: 0 }],
])('%s', async (_name, fault, want) => {
  proxy.strike([fault])
  const { error, body } = await send(200_000)
  expect({ error, came: body.length, arrived: arrived.length }).toEqual(want)
})

test.each([
  ['request', 0],
  ['reply', 1],
] as const)('a blackhole for the %s never ends by itself', async (swallows, want) => {
  proxy.strike([{ kind: 'blackhole', swallows }])
  const { down } = proxy.counts()
  const leaving = new AbortController()
  const outcome = send(10, undefined, leaving.signal)
  await expect.poll(() => arrived.length).toBe(want)
  // The upstream closes idle connections. The proxy does not forward this either.
  server.closeIdleConnections()
  expect(await Promise.race([outcome, new Promise((resolve) => setTimeout(resolve, 50, 'nothing'))])).toBe('nothing')
  leaving.abort()
  expect((await outcome).error).toBe('ABORT_ERR')
  expect(proxy.counts().down).toBe(down)
})

test('a dripping body arrives byte by byte', async () => {
  proxy.strike([{ kind: 'drip', everyMs: 1 }])
  const { down } = proxy.counts()
  const leaving = new AbortController()
  const outcome = send(1_000_000, undefined, leaving.signal)
  await expect.poll(() => proxy.counts().down).toBeGreaterThan(down + 20)
  expect(proxy.counts().down).toBeLessThan(down + 100_000)
  leaving.abort()
  await outcome
})

test('faults apply in order, and only to their operation', async () => {
  proxy.strike([{ kind: 'reset' }, null, { kind: 'cut' }], '/77')
  const errors: (string | null)[] = []
  for (const length of [77, 5, 77, 77, 5, 77]) errors.push((await send(length)).error)
  expect(errors).toEqual(['ECONNRESET', null, null, 'ECONNRESET', null, 'ECONNRESET'])
})

test('a caller that leaves while the request is delayed has sent nothing', async () => {
  proxy.strike([{ kind: 'latency', ms: 300 }])
  const { exchanges } = proxy.counts()
  const leaving = new AbortController()
  const outcome = send(10, undefined, leaving.signal)
  await expect.poll(() => proxy.counts().exchanges).toBe(exchanges + 1)
  leaving.abort()
  await outcome
  proxy.calm()
  await send(20)
  await new Promise((resolve) => setTimeout(resolve, 400))
  expect(arrived).toEqual(['/20'])
})
