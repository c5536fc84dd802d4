/** Every response has the security headers, including responses without a route. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { listenRaw, type RawServer } from '../../support/raw-requests.ts'
import { openGateway, type TestGateway } from '../../support/test-gateway.ts'

const common = {
  'content-security-policy': "default-src 'none';frame-ancestors 'none'",
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
}

describe.for([
  ['http://foyer.internal', undefined],
  ['https://api.example.com', 'max-age=31536000'],
] as const)('behind %s', ([publicUrl, hsts]) => {
  let gateway: TestGateway
  let server: RawServer

  beforeAll(async () => {
    gateway = await openGateway({
      SPACIO_API_KEY: 'k',
      SPACIO_BASE_URL: 'http://127.0.0.1:9',
      FOYER_PUBLIC_URL: publicUrl,
      FOYER_CORS_ORIGINS: 'https://app.example.com',
    })
    server = await listenRaw(gateway.app)
  })

  afterAll(async () => {
    await server.close()
    await gateway.close()
  })

  const request = (line: string, headers = '') =>
    `${line} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n${headers}\r\n`

  test.for<[string, string, number]>([
    ['an answer', request('GET /mappings'), 200],
    ['no route', request('GET /nope'), 404],
    ['no method', request('PUT /problems'), 405],
    ['an upstream that fails', request('GET /agents/a@example.com/properties'), 502],
    ['a guard', request('GET /problems%2f'), 400],
    ['a path that cannot be routed', request(`GET /properties/${'1'.repeat(400)}`), 400],
    ['a broken escape', request('GET /properties/%zz'), 400],
    ['an expectation', request('GET /mappings', 'expect: x\r\n'), 400],
    ['a missing Host header is rejected', 'GET /mappings HTTP/1.1\r\nconnection: close\r\n\r\n', 400],
    [
      'a preflight',
      request('OPTIONS /problems', 'origin: https://app.example.com\r\naccess-control-request-method: GET\r\n'),
      204,
    ],
    ['nonsense', 'nonsense\r\n\r\n', 400],
    ['headers that are too large', request('GET /problems', `a: ${'b'.repeat(17_000)}\r\n`), 400],
    ['how it does', request('GET /health/live'), 200],
  ])('%s', async ([, bytes, status]) => {
    const reply = await server.send(bytes)
    expect(reply.status).toBe(status)
    expect(reply.headers).toMatchObject(common)
    expect(reply.headers['strict-transport-security']).toBe(hsts)
    expect(reply.headers).not.toHaveProperty('x-powered-by')
    expect(reply.headers).not.toHaveProperty('server')
  })

  test('the documentation page allows only its own scripts', async () => {
    const reply = await server.send(request('GET /docs'))
    expect(reply.status).toBe(200)
    const policy = reply.headers['content-security-policy'] ?? ''
    expect(policy.split(';')).toContain("default-src 'none'")
    expect(policy.split(';')).toContain("script-src 'self'")
    expect(policy.split(';')).toContain("frame-ancestors 'none'")
    expect({ ...reply.headers, 'content-security-policy': common['content-security-policy'] }).toMatchObject(common)
  })
})
