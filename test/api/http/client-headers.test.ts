/** Headers of a client are not forwarded. The upstream gets the same request, whatever they are. */
import { expect, test } from 'vitest'
import { type Sandbox, startSandbox } from '../../../sandbox/index.ts'
import { documentedPaths } from '../../support/raw-requests.ts'
import { createEnvironment, openGateway } from '../../support/test-gateway.ts'

// Without authentication, only pages of listed origins may call.
const canaryOrigin = 'https://canary.example'

/** Headers that the gateway itself reads. */
const valid: Record<string, string> = { origin: canaryOrigin, 'if-match': '*' }

const odd: Record<string, string> = Object.fromEntries(
  [
    ...['x-service-method', 'x-http-method-override', 'x-http-method', 'x-method-override', 'x-original-url'],
    ...['x-rewrite-url', 'cookie', 'forwarded', 'x-forwarded-for', 'x-forwarded-host', 'x-forwarded-proto'],
    ...['x-forwarded-prefix', 'x-real-ip', 'true-client-ip', 'via', 'traceparent', 'tracestate', 'baggage', 'b3'],
    ...['user-agent', 'referer', 'origin', 'accept-language', 'x-request-id', 'x-correlation-id', 'apikey', 'atoken'],
    ...['x-api-key', 'proxy-authorization', 'from', 'range', 'if-match', 'te', 'x-foyer', 'dnt', 'pragma', 'ukey'],
  ].map((name) => [name, valid[name] ?? `canary-${name}`]),
)

const overriding = {
  ...odd,
  'x-service-method': 'remove',
  'x-http-method-override': 'DELETE',
  authorization: 'Bearer canary',
  traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
  'x-forwarded-host': 'canary.example',
  range: 'bytes=0-1',
  connection: 'x-api-key',
}

const queries: Record<string, string> = {
  '/leads': '?brokerageId=b1001',
  '/leads/export': '?brokerageId=b1001',
  '/leads/feed': '?brokerageId=b1001&from=2026-01-01',
  '/leads/feed/tickets': '?brokerageId=b1001',
}

const operations = documentedPaths
  .filter(({ template }) => !template.startsWith('/connections'))
  .flatMap(({ template, url, methods }) =>
    methods.map((method) => ({ method, url: `${url}${queries[template] ?? ''}`, takesBody: takesBody(method, url) })),
  )

function takesBody(method: string, url: string): boolean {
  return method === 'PATCH' || (method === 'POST' && url.startsWith('/events'))
}

/** Values that are different for each request. */
const normal = (text: string) =>
  text
    .replace(/("content-type":"multipart\/form-data; boundary=)[^"]*/g, '$1')
    .replace(/("(?:traceparent|host|content-length|atoken)":")[^"]*/g, '$1')

/** Everything that both upstreams receive while each operation is called once on a gateway with empty caches. */
const receivedWith = async (sandbox: Sandbox, headers: Record<string, string>): Promise<string[]> => {
  sandbox.control.reset()
  const gateway = await openGateway({ ...createEnvironment(sandbox), FOYER_CORS_ORIGINS: canaryOrigin })
  for (const { method, url, takesBody } of operations) {
    await gateway.app.inject({
      method: method as 'GET',
      url,
      headers,
      ...(takesBody && { payload: { city: 'Reno' } }),
    })
  }
  await gateway.close()
  const entries = [...sandbox.control.spacio.requests(), ...sandbox.control.liondesk.requests()]
  return entries.map(({ method, url, headers, form, body }) => JSON.stringify({ method, url, headers, form, body }))
}

test('every operation accepts unusual headers', async () => {
  const sandbox = await startSandbox({ leads: 200 })
  const plain = await receivedWith(sandbox, {})
  for (const headers of [odd, overriding]) {
    const received = await receivedWith(sandbox, headers)
    expect(received.map(normal).sort()).toEqual(plain.map(normal).sort())
    expect(received.join('')).not.toMatch(/canary|0af7651916cd43dd|b7ad6b7169203331/)
  }
  await sandbox.close()
  expect(operations.length).toBeGreaterThan(20)
  expect(plain.filter((entry) => entry.includes('/events/')).length).toBe(6)
  expect(plain.length).toBeGreaterThan(15)
})
