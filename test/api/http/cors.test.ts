import { afterAll, beforeAll, expect, test } from 'vitest'
import { listenRaw, type RawServer } from '../../support/raw-requests.ts'
import { openGateway, type TestGateway } from '../../support/test-gateway.ts'

const origin = 'https://app.example.com'

let gateway: TestGateway
let server: RawServer

beforeAll(async () => {
  gateway = await openGateway({
    SPACIO_API_KEY: 'k',
    SPACIO_BASE_URL: 'http://127.0.0.1:9',
    FOYER_CORS_ORIGINS: origin,
    FOYER_RATE_LIMIT: '1',
  })
  server = await listenRaw(gateway.app)
})

afterAll(async () => {
  await server.close()
  await gateway.close()
})

const names = (field: unknown) => String(field).toLowerCase().split(/, */)

test('pages may send all headers that the operations read', async () => {
  const reply = await gateway.app.inject({
    method: 'OPTIONS',
    url: '/events/7/properties',
    headers: { origin, 'access-control-request-method': 'POST', 'access-control-request-headers': 'idempotency-key' },
  })
  expect(reply.statusCode).toBe(204)
  const wanted = ['content-type', 'x-api-key', 'authorization', 'last-event-id', 'idempotency-key', 'if-none-match']
  expect(names(reply.headers['access-control-allow-headers'])).toEqual([
    ...wanted,
    'cache-control',
    'traceparent',
    'tracestate',
    'baggage',
    'sentry-trace',
    'x-requested-with',
    'if-match',
    'mcp-protocol-version',
    'mcp-method',
    'mcp-name',
  ])
})

test('pages may read all response headers, also of errors', async () => {
  for (const want of [502, 429]) {
    const { status, headers } = await gateway.get('/agents/a@example.com/properties', { origin })
    expect([status, headers['access-control-allow-origin']]).toEqual([want, origin])
    expect(names(headers['access-control-expose-headers'])).toEqual([
      'link',
      'location',
      'retry-after',
      'x-request-id',
      'content-disposition',
      'ratelimit',
      'ratelimit-policy',
      'etag',
      'age',
      'cache-status',
      'idempotency-replayed',
      'server-timing',
      'www-authenticate',
    ])
  }
})

test('a page of another origin has no access', async () => {
  const { headers } = await gateway.app.inject({ url: '/problems', headers: { origin: 'https://evil.example' } })
  expect(headers).not.toHaveProperty('access-control-allow-origin')
})

test.each([{}, { origin }, { 'access-control-request-method': 'POST' }])(
  'an OPTIONS request that is not a preflight (%j) lists the methods',
  async (headers) => {
    const reply = await gateway.app.inject({ method: 'OPTIONS', url: '/events/7/properties', headers })
    expect([reply.statusCode, reply.body]).toEqual([204, ''])
    expect(names(reply.headers.allow).toSorted()).toEqual(['get', 'head', 'options', 'post'])
    expect(reply.headers).not.toHaveProperty('access-control-allow-methods')
  },
)

test('OPTIONS of a URL that does not exist is a problem document', async () => {
  const { status, body } = await gateway.send('OPTIONS', '/nope')
  expect([status, body.code]).toEqual([404, 'not-found'])
})

test.for([
  ['a malformed URL', `GET /leads%2f HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\norigin: ${origin}\r\n\r\n`],
  ['a missing host', `GET /leads HTTP/1.1\r\nconnection: close\r\nOrigin: ${origin}\r\n\r\n`],
  ['an invalid header', `GET /leads HTTP/1.1\r\nhost: localhost\r\norigin: ${origin}\r\nbad header\r\n\r\n`],
  ['a large head', `GET /leads HTTP/1.1\r\norigin: ${origin}\r\nx: ${'x'.repeat(40_000)}\r\n\r\n`],
])('a page of a listed origin can read the problem of %s', async ([, bytes = '']) => {
  const { status, headers } = await server.send(bytes)
  expect([status, headers['access-control-allow-origin'], headers.vary]).toEqual([400, origin, 'Origin'])
  expect(headers['access-control-expose-headers']).toContain('X-Request-Id')
  const foreign = await server.send(bytes.replace(origin, 'https://evil.example'))
  expect([foreign.status, foreign.headers['access-control-allow-origin']]).toEqual([400, undefined])
})
