/** The error catalogue, and the form that every error has. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { problemCatalogue, problemCodes } from '#src/problems.ts'
import { openGateway, type TestGateway } from '../../support/test-gateway.ts'

let gateway: TestGateway

beforeAll(async () => {
  gateway = await openGateway({ SPACIO_API_KEY: 'k', SPACIO_BASE_URL: 'http://127.0.0.1:1' })
})

afterAll(() => gateway.close())

test('GET /problems lists every code', async () => {
  const { body } = await gateway.get('/problems')
  expect(body.data.map(({ code }: { code: string }) => code)).toEqual(problemCodes)
})

test.for(problemCodes)('GET /problems/%s explains it', async (code) => {
  expect(await gateway.get(`/problems/${code}`)).toMatchObject({
    status: 200,
    body: { code, ...problemCatalogue[code] },
  })
})

test.for(['nope', 'constructor', 'to-string', '--proto--'])('there is no problem called %s', async (code) => {
  expect(await gateway.get(`/problems/${code}`)).toMatchObject({ status: 404, body: { code: 'not-found' } })
})

test('the catalogue is the contract', () => {
  expect(Object.fromEntries(problemCodes.map((code) => [code, problemCatalogue[code].status]))).toEqual({
    'invalid-request': 400,
    'unsupported-media-type': 415,
    'body-too-large': 413,
    unauthenticated: 401,
    forbidden: 403,
    'upstream-access-denied': 403,
    'unknown-property': 404,
    'unknown-brokerage': 404,
    'unknown-team': 404,
    'unknown-agent': 404,
    'unknown-lead': 404,
    'not-found': 404,
    'method-not-allowed': 405,
    'not-acceptable': 406,
    'http-version-too-old': 426,
    conflict: 409,
    'reauthorization-required': 409,
    'idempotency-mismatch': 422,
    unprocessable: 422,
    'window-too-large': 422,
    'cursor-expired': 410,
    'precondition-failed': 412,
    'rate-limited': 429,
    'upstream-rate-limited': 503,
    'upstream-credentials': 502,
    'upstream-invalid-response': 502,
    'upstream-failed': 502,
    'upstream-unavailable': 503,
    overloaded: 503,
    'upstream-timeout': 504,
    internal: 500,
  })
})

test.for<[string, { given: [string, string, unknown?, Record<string, string>?]; want: string }]>([
  [
    'a parameter',
    { given: ['GET', '/agents/canary@example.com/properties?canary@example.com=1'], want: 'invalid-request' },
  ],
  ['a path', { given: ['GET', '/properties/canary@example.com'], want: 'invalid-request' }],
  ['no route', { given: ['GET', '/nope/canary@example.com'], want: 'not-found' }],
  ['no method', { given: ['PUT', '/agents/canary@example.com/properties'], want: 'method-not-allowed' }],
  [
    'no media type',
    {
      given: ['GET', '/agents/canary@example.com/properties', undefined, { accept: 'text/html' }],
      want: 'not-acceptable',
    },
  ],
  [
    'a body',
    { given: ['POST', '/events/7/properties', 'x', { 'content-type': 'text/plain' }], want: 'unsupported-media-type' },
  ],
  [
    'a long body',
    {
      given: ['POST', '/events/7/properties', 'x'.repeat(20_000), { 'content-type': 'application/json' }],
      want: 'body-too-large',
    },
  ],
  ['a value', { given: ['POST', '/events/7/properties', { latitude: 91 }], want: 'unprocessable' }],
  ['no connection', { given: ['GET', '/events/7/properties'], want: 'reauthorization-required' }],
  ['an upstream', { given: ['GET', '/agents/canary@example.com/properties'], want: 'upstream-failed' }],
  ['a broken URL', { given: ['GET', '/properties/%zz'], want: 'invalid-request' }],
])('%s: a document in full, without the URL', async ([, { given, want }]) => {
  const [method, url, body, headers] = given
  const reply = await gateway.send(method, url, body, headers)

  const { status, title } = problemCatalogue[want as keyof typeof problemCatalogue]
  expect(reply.status).toBe(status)
  expect(reply.headers['content-type']).toBe('application/problem+json; charset=utf-8')
  const { requestId } = reply.body
  expect(requestId).toMatch(/^[0-9a-f-]{36}$/)
  expect(reply.headers['x-request-id']).toBe(requestId)
  expect(reply.body).toMatchObject({
    type: `/problems/${want}`,
    title,
    status,
    code: want,
    detail: expect.stringMatching(/./),
    instance: `urn:foyer:request:${requestId}`,
  })
  const { errors, detail: _detail, ...rest } = reply.body
  expect(JSON.stringify(rest)).not.toContain('canary')
  expect(reply.text).not.toContain('/agents/')
  expect(errors === undefined || errors.length > 0).toBe(true)
})

test('the request id of a client is not used', async () => {
  const reply = await gateway.get('/problems', { 'x-request-id': 'canary', 'request-id': 'canary' })
  expect(reply.headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/)
})

test('a bug is 500 without details', async () => {
  const app = gateway.app as unknown as { gateway: { mappings: () => unknown } }
  const { mappings } = app.gateway
  app.gateway.mappings = () => {
    throw new TypeError('canary')
  }
  const reply = await gateway.get('/mappings').finally(() => {
    app.gateway.mappings = mappings
  })
  expect(reply).toMatchObject({ status: 500, body: { code: 'internal' } })
  expect(reply.text).not.toContain('canary')
})
