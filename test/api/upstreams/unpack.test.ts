/** Compressed replies: with any status, any accepted coding, and several codings. */
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { type Stub, startStub } from '../../support/stub.ts'
import { openGateway, type TestGateway } from '../../support/test-gateway.ts'

const property = Buffer.from(JSON.stringify({ sid: 1, title: 'Größe 您好', email: 'a@example.com' }))
const refusal = Buffer.from('{"error": "access-denied"}')

let reply: { status: number; body: Buffer; encoding: string | string[] }
let stub: Stub
let gateway: TestGateway
let clock = Date.now()

beforeAll(async () => {
  stub = await startStub((_request, response) => {
    response.statusCode = reply.status
    response.setHeader('content-type', 'application/json')
    response.setHeader('content-encoding', reply.encoding)
    response.end(reply.body)
  })
  gateway = await openGateway(
    { SPACIO_API_KEY: 'k', SPACIO_BASE_URL: stub.url },
    { bypassesCache: true, now: () => new Date(clock) },
  )
})

/** Each test begins an hour later, when the breakers are closed. */
beforeEach(() => {
  clock += 3_600_000
})

afterAll(async () => {
  await gateway.close()
  await stub.close()
})

const get = async (status: number, encoding: string | string[], body: Buffer) => {
  reply = { status, encoding, body }
  return gateway.get('/properties/1')
}

test.for<[string | string[], Buffer]>([
  ['gzip', gzipSync(property)],
  ['x-gzip', gzipSync(property)],
  ['GZIP', gzipSync(property)],
  ['deflate', deflateSync(property)],
  ['br', brotliCompressSync(property)],
  ['gzip, br', brotliCompressSync(gzipSync(property))],
  [['deflate', 'gzip'], gzipSync(deflateSync(property))],
  ['identity', property],
])('%s', async ([encoding, body]) => {
  expect(await get(200, encoding, body)).toMatchObject({ status: 200, body: { sid: 1, title: 'Größe 您好' } })
})

test.for([200, 403, 500])('an error with status %s says what it is', async (status) => {
  expect(await get(status, 'gzip', gzipSync(refusal))).toMatchObject({
    status: 403,
    body: { code: 'upstream-access-denied', upstream: { code: 'access-denied', status } },
  })
})

test.for<[string, string, Buffer]>([
  ['cut short', 'gzip', gzipSync(property).subarray(0, -9)],
  ['nothing at all', 'gzip', Buffer.alloc(0)],
  ['not packed', 'br', property],
  ['packed with a coding that was not accepted', 'zstd', gzipSync(property)],
  ['a bomb', 'gzip', gzipSync(Buffer.alloc(3 * 1024 * 1024, ' '))],
])('%s: 502', async ([, encoding, body]) => {
  expect(await get(200, encoding, body)).toMatchObject({ status: 502, body: { code: 'upstream-invalid-response' } })
})
