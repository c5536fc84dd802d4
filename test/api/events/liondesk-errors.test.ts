/** LionDesk's errors become problems by their numeric code. Their text never reaches the caller. */
import { expect, test } from 'vitest'
import { advanceOneHour, listRequests, useSandboxAndGateway } from '../../support/liondesk.ts'
import { openGateway } from '../../support/test-gateway.ts'

const foyer = useSandboxAndGateway()

const secret = 'canary@example.com'

const feathers = (code: number, className: string, more: object = {}) => ({
  name: `Canary${code}`,
  message: `No access for ${secret}`,
  code,
  className,
  data: { email: secret },
  errors: {},
  ...more,
})

const operations: [
  string,
  () => Promise<{ status: number; headers: Record<string, unknown>; body: any; text: string }>,
][] = [
  ['find', () => foyer().get('/events/7/properties')],
  ['get', () => foyer().get('/events/7/properties/1')],
  ['create', () => foyer().send('POST', '/events/7/properties', { city: 'Reno' })],
  ['patch', () => foyer().send('PATCH', '/events/7/properties/1', { city: 'Reno' })],
  ['remove', () => foyer().send('DELETE', '/events/7/properties/1')],
]

const table: [number, string, { status: number; code: string }][] = [
  [400, 'bad-request', { status: 422, code: 'unprocessable' }],
  [401, 'not-authenticated', { status: 502, code: 'upstream-credentials' }],
  [402, 'payment-error', { status: 502, code: 'upstream-failed' }],
  [403, 'forbidden', { status: 403, code: 'upstream-access-denied' }],
  [404, 'not-found', { status: 404, code: 'not-found' }],
  [405, 'method-not-allowed', { status: 502, code: 'upstream-failed' }],
  [408, 'timeout', { status: 504, code: 'upstream-timeout' }],
  [409, 'conflict', { status: 409, code: 'conflict' }],
  [422, 'unprocessable', { status: 422, code: 'unprocessable' }],
  [429, 'too-many-requests', { status: 503, code: 'upstream-rate-limited' }],
  [500, 'general-error', { status: 502, code: 'upstream-failed' }],
  [503, 'unavailable', { status: 502, code: 'upstream-failed' }],
]

const isAmbiguous = (operation: string, code: number) =>
  (code >= 500 || code === 408) && !['find', 'get'].includes(operation)

for (const [operation, call] of operations) {
  test.for(table)(`${operation}: %i %s`, async ([code, className, want]) => {
    for (const status of [code, 200]) {
      advanceOneHour()
      foyer().sandbox.control.liondesk.clearFaults()
      foyer().sandbox.control.liondesk.fault({ operation, kind: 'body', status, body: feathers(code, className) })

      const reply = await call()

      expect(reply).toMatchObject({ status: want.status, body: { code: want.code } })
      expect(reply.body.upstream).toMatchObject({ system: 'liondesk', operation, code: className, status })
      expect(reply.body.outcome).toBe(isAmbiguous(operation, code) ? 'unknown' : undefined)
      expect(reply.text + JSON.stringify(reply.headers)).not.toMatch(/canary/i)
    }
  })

  test.for<[string, { given: object; want: object }]>([
    [
      'an HTML error page',
      { given: { kind: 'html', status: 404 }, want: { status: 404, body: { code: 'not-found' } } },
    ],
    [
      'an HTML page with 500',
      { given: { kind: 'html', status: 500 }, want: { status: 502, body: { code: 'upstream-failed' } } },
    ],
    [
      'an HTML page with 200',
      { given: { kind: 'html', status: 200 }, want: { status: 502, body: { code: 'upstream-invalid-response' } } },
    ],
    [
      'a redirect',
      {
        given: { kind: 'redirect', location: 'http://127.0.0.1:9/canary' },
        want: { status: 502, body: { code: 'upstream-invalid-response' } },
      },
    ],
    [
      'a redirect that brings a record',
      {
        given: { kind: 'body', status: 302, body: { id: '1', city: 'Canary' } },
        want: { status: 502, body: { code: 'upstream-invalid-response' } },
      },
    ],
    [
      'invalid JSON',
      {
        given: { kind: 'body', body: '{"id": canary' },
        want: { status: 502, body: { code: 'upstream-invalid-response' } },
      },
    ],
    [
      'half a body',
      {
        given: { kind: 'body', body: '{"id": "1", "city": "cana' },
        want: { status: 502, body: { code: 'upstream-invalid-response' } },
      },
    ],
    [
      'a body beyond all size',
      {
        given: { kind: 'oversized', bytes: 3 * 1024 * 1024 },
        want: { status: 502, body: { code: 'upstream-invalid-response' } },
      },
    ],
    [
      'a gzip bomb',
      { given: { kind: 'gzip-bomb' }, want: { status: 502, body: { code: 'upstream-invalid-response' } } },
    ],
  ])(`${operation}: %s`, async ([, { given, want }]) => {
    foyer().sandbox.control.liondesk.fault({ operation, applied: false, ...given } as never)
    const reply = await call()
    expect(reply).toMatchObject(want)
    expect(reply.text).not.toMatch(/canary/i)
    expect(reply.text).not.toContain('<')
  })
}

test.for(['null', '[]', '"x"', '1', '{}', '{"message":"gone"}'])('a get answered with %s is 502', async (body) => {
  foyer().sandbox.control.liondesk.fault({ operation: 'get', kind: 'body', body })
  expect(await foyer().get('/events/7/properties/1')).toMatchObject({
    status: 502,
    body: { code: 'upstream-invalid-response' },
  })
})

test('an empty reply to a get is 502', async () => {
  foyer().sandbox.control.liondesk.fault({ operation: 'get', kind: 'truncate', bytes: 0 })
  expect((await foyer().get('/events/7/properties/1')).status).toBe(502)
})

test('JSON with an HTML content type is read', async () => {
  foyer().sandbox.control.liondesk.fault({ operation: 'get', kind: 'body', body: { id: 5 }, contentType: 'text/html' })
  expect(await foyer().get('/events/7/properties/1')).toMatchObject({ status: 200, body: { id: '5' } })
})

test('an unknown className is not passed on', async () => {
  foyer().sandbox.control.liondesk.fault({
    operation: 'get',
    kind: 'body',
    status: 404,
    body: feathers(404, 'john-canary'),
  })
  const reply = await foyer().get('/events/7/properties/1')
  expect(reply).toMatchObject({ status: 404, body: { upstream: { code: null } } })
  expect(reply.text).not.toContain('canary')
})

test('errors use canonical field names, without the upstream’s text', async () => {
  const errors = {
    listing_price: secret,
    square_feet: [secret],
    half_baths: secret,
    surprise: secret,
    __proto__x: secret,
  }
  foyer().sandbox.control.liondesk.fault({
    operation: 'patch',
    kind: 'body',
    status: 400,
    body: feathers(400, 'bad-request', { errors }),
  })

  const reply = await foyer().send('PATCH', '/events/7/properties/1', { listPrice: 5 })

  expect(reply.body.errors).toEqual([
    { path: 'body/bathroomsHalf', message: 'was not accepted upstream' },
    { path: 'body/livingArea', message: 'was not accepted upstream' },
    { path: 'body/listPrice', message: 'was not accepted upstream' },
  ])
  expect(reply.text).not.toContain('canary')
})

test.for<[string, { given: Record<string, string>; want: number }]>([
  ['none', { given: {}, want: 60 }],
  ['seconds', { given: { 'retry-after': '17' }, want: 17 }],
  ['zero', { given: { 'retry-after': '0' }, want: 1 }],
  ['a day', { given: { 'retry-after': '86400' }, want: 3600 }],
  ['nonsense', { given: { 'retry-after': 'soon' }, want: 60 }],
])('429 with a Retry-After of %s', async ([, { given, want }]) => {
  foyer().sandbox.control.liondesk.fault({
    operation: 'find',
    kind: 'body',
    status: 429,
    headers: given,
    body: feathers(429, 'too-many-requests'),
  })

  const reply = await foyer().get('/events/7/properties')

  expect(reply).toMatchObject({ status: 503, body: { code: 'upstream-rate-limited', retryAfter: want } })
  expect(reply.headers['retry-after']).toBe(String(want))
})

test.for<[string, { given: string; want: object }]>([
  ['a missing event', { given: '/events/99/properties', want: { status: 404 } }],
  ['a missing record', { given: '/events/7/properties/99999', want: { status: 404 } }],
  ['a record of another event', { given: '/events/7/properties/60', want: { status: 404 } }],
  [
    'the event of another account',
    { given: '/events/15/properties', want: { status: 403, body: { code: 'upstream-access-denied' } } },
  ],
  ['a shared event', { given: '/events/17/properties', want: { status: 200 } }],
])('%s', async ([, { given, want }]) => {
  expect(await foyer().get(given)).toMatchObject(want)
})

test('a create on an event that was not created through the API is 422', async () => {
  expect(await foyer().send('POST', '/events/13/properties', { city: 'Reno' })).toMatchObject({
    status: 422,
    body: { code: 'unprocessable' },
  })
})

test('DELETE of a missing record is 404', async () => {
  expect(await foyer().send('DELETE', '/events/7/properties/99999')).toMatchObject({
    status: 404,
    body: { code: 'not-found' },
  })
})

test('a rejected token is upstream-credentials after one call', async () => {
  foyer().sandbox.control.liondesk.revokeToken()
  expect(await foyer().get('/events/7/properties')).toMatchObject({
    status: 502,
    body: { code: 'upstream-credentials', upstream: { code: 'not-authenticated', status: 401, retryable: false } },
  })
  expect(listRequests(foyer()).length).toBe(1)
})

test('without a connection, every operation is 409 reauthorization-required', async () => {
  const gateway = await openGateway({ SPACIO_API_KEY: 'k', SPACIO_BASE_URL: 'http://127.0.0.1:9' })
  try {
    for (const [method, url, body] of [
      ['GET', '/events/7/properties'],
      ['GET', '/events/7/properties/1'],
      ['POST', '/events/7/properties', { city: 'x' }],
      ['PATCH', '/events/7/properties/1', { city: 'x' }],
      ['PATCH', '/events/7/properties/1', {}],
      ['DELETE', '/events/7/properties/1'],
    ] as const) {
      const reply = await gateway.send(method, url, body)
      expect(reply).toMatchObject({ status: 409, body: { code: 'reauthorization-required' } })
    }
  } finally {
    await gateway.close()
  }
})

test('the detail says that LionDesk has no such record', async () => {
  const detail = 'LionDesk has no record with this id, or the user of this connection may not see it.'
  for (const url of ['/contacts/999', '/events/999', '/events/999/properties', '/events/7/properties/999'])
    expect([url, (await foyer().get(url)).body]).toMatchObject([url, { code: 'not-found', detail }])
})

test('the detail says that LionDesk rejected the write', async () => {
  const { body } = await foyer().send('POST', '/events/13/properties', { city: 'Reno' })
  const detail = 'LionDesk rejected the write. Check the values, and that the origin of the event is api.'
  expect(body).toMatchObject({ code: 'unprocessable', detail })
})
