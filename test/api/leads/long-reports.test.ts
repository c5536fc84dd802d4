/**
 * A report in a single reply may be larger than the limit. Then the window is too large, but the upstream has not
 * failed.
 */
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { limits } from '#src/upstreams/transport/limits.ts'
import { type Stub, startStub } from '../../support/stub.ts'
import { openGateway, type TestGateway } from '../../support/test-gateway.ts'

const getLead = (index: number) => ({
  ...{ id: `id-${index}`, name: `Visitor ${index}`, email: 'v@example.com', phone: '1', answersObj: [], note: '' },
  ...{ hasAgent: 'NO', hasFinancing: 'NO', isBroker: 'NO', sid: 1, plid: 'A', agentEmail: 'a@example.com' },
  dateCreated: '2026-03-15 12:00:00',
})

const getReport = (count: number): string =>
  JSON.stringify(Object.fromEntries(Array.from({ length: count }, (_, index) => [index + 1, getLead(index)])))

const short = getReport(2)
const long = getReport(Math.ceil(limits.spacioReport.maxBytes / JSON.stringify(getLead(1)).length))
const packed = gzipSync(long)

let stub: Stub
let gateway: TestGateway

beforeAll(async () => {
  stub = await startStub((request, response) => {
    let form = ''
    request.on('data', (chunk) => {
      form += chunk
    })
    request.on('end', () => {
      response.setHeader('content-type', 'application/json')
      // This key has no v2 with its short pages.
      const isRefused = request.url?.includes('/v2/')
      const isPacked = !isRefused && form.includes('packed')
      if (isPacked) response.setHeader('content-encoding', 'gzip')
      if (!isRefused && form.includes('broken')) response.statusCode = 500
      response.end(isRefused ? '{"error":"access-denied"}' : isPacked ? packed : form.includes('short') ? short : long)
    })
  })
  gateway = await openGateway({ SPACIO_API_KEY: 'key', SPACIO_BASE_URL: stub.url })
})

afterAll(async () => {
  await gateway.close()
  await stub.close()
})

const read = (brokerageId: string) => gateway.get(`/leads?brokerageId=${brokerageId}&from=2026-03-15&to=2026-03-15`)

test.for(['long', 'packed'])('a %s report is a window that is too large', async (brokerageId) => {
  const { status, body } = await read(brokerageId)

  expect([status, body.code]).toEqual([422, 'window-too-large'])
  expect(body.detail).toContain('larger than 8 MiB')
})

test('long reports do not delay the calls of others', async () => {
  for (let index = 0; index < 6; index += 1) expect((await read(`long${index}`)).status).toBe(422)

  expect(await read('short')).toMatchObject({ status: 200, body: { pagination: { total: 2 } } })
})

test('a long reply that contains an error is an upstream failure', async () => {
  expect((await read('broken')).body.code).toBe('upstream-invalid-response')
})
