/** A reply with many content codings is rejected before it is decoded. */
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { type Stub, startStub } from '../../support/stub.ts'
import { openGateway, type TestGateway } from '../../support/test-gateway.ts'

let codings: string
let body: Buffer
let requests: (string | string[] | undefined)[]
let stub: Stub
let gateway: TestGateway
let clock = Date.now()

beforeAll(async () => {
  stub = await startStub((request, response) => {
    requests.push(request.headers['accept-encoding'])
    const isV2 = request.url?.includes('/v2/')
    response.setHeader('content-type', 'application/json')
    if (!isV2) response.setHeader('content-encoding', codings)
    response.end(isV2 ? '"access-denied"' : body)
  })
  gateway = await openGateway(
    { SPACIO_API_KEY: 'k', SPACIO_BASE_URL: stub.url },
    { bypassesCache: true, now: () => new Date(clock) },
  )
})

/** After an hour, the breakers are closed. */
beforeEach(() => {
  clock += 3_600_000
  requests = []
})

afterAll(async () => {
  await gateway.close()
  await stub.close()
})

const encoded = (value: unknown, times: number): Buffer =>
  Array.from({ length: times }).reduce<Buffer>((bytes) => gzipSync(bytes), Buffer.from(JSON.stringify(value)))

const cases: [string, number, number][] = [
  ['five', 5, 200],
  ['six', 6, 502],
  ['a thousand', 1_000, 502],
]

test.for(cases)('a reply with %s content codings', async ([, times, status]) => {
  codings = Array.from({ length: times }, () => 'gzip').join(', ')
  body = encoded({ sid: 1, email: 'a@example.com' }, Math.min(times, 6))
  const reply = await gateway.get('/properties/1')
  expect(reply.status).toBe(status)
  if (status !== 200) expect(reply.body.code).toBe('upstream-invalid-response')
})

test.for(cases)('an export with %s content codings', async ([, times, status]) => {
  codings = Array.from({ length: times }, () => 'gzip').join(',')
  body = encoded([{ id: 'x', dateCreated: new Date(clock).toISOString() }], Math.min(times, 6))
  const reply = await gateway.app.inject({
    url: '/leads/export?brokerageId=b1',
    headers: { accept: 'application/x-ndjson' },
  })
  expect(reply.statusCode).toBe(status)
})

test('codings that are apart by very many blanks are refused as quickly', async () => {
  codings = `gzip${' '.repeat(8_000)},x`
  body = Buffer.from('{}')
  expect((await gateway.get('/properties/1')).status).toBe(502)
})

test('deflate is not accepted, because servers disagree on its format', async () => {
  codings = 'identity'
  body = Buffer.from('{"sid":1,"email":"a@example.com"}')
  await gateway.get('/properties/1')
  expect(requests).toEqual(['gzip, br'])
})
