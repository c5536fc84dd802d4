/** No personal data and no secret appears in a log line, a problem or a header. */
import { Writable } from 'node:stream'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { createLoggerOptions } from '#src/plugins/observe/request-log.ts'
import type { FaultInput } from '../../../sandbox/index.ts'
import { listenRaw, type RawServer } from '../../support/raw-requests.ts'
import { openSandboxAndGateway, type SandboxGateway, type TestResponse } from '../../support/test-gateway.ts'

/** Searches every line for each text, case-insensitively. */
const canaries = ['canary', 'k4n4ry', '555-01-4242']

const email = 'canary.person@example.com'

let foyer: SandboxGateway
let server: RawServer
let lines: string[]

beforeAll(async () => {
  const stream = new Writable({
    write(chunk, _encoding, done) {
      lines.push(String(chunk))
      done()
    },
  })
  lines = []
  foyer = await openSandboxAndGateway({
    sandbox: { leads: 200 },
    logger: { ...createLoggerOptions('trace'), stream },
  })
  server = await listenRaw(foyer.app)
})

beforeEach(() => {
  foyer.sandbox.control.reset()
  lines = []
})

afterAll(async () => {
  await server.close()
  await foyer.close()
})

const expectSilence = (text: string) => {
  for (const canary of canaries) expect(text.toLowerCase()).not.toContain(canary)
}

const expectSilentLog = () => {
  expect(lines.length).toBeGreaterThan(0)
  expectSilence(lines.join(''))
  expectSilence(lines.join('').replaceAll('%40', '@'))
}

const secrets = {
  authorization: 'Bearer k4n4ry-token',
  'x-api-key': 'fk_k4n4ry',
  cookie: 'session=k4n4ry',
  'user-agent': 'canary-agent',
  referer: `https://example.com/?mail=${email}`,
}

/** The headers, and the problem without the names that it must contain. */
const expectSilentReply = (reply: TestResponse) => {
  expectSilence(JSON.stringify({ ...reply.headers, link: '' }))
  if (reply.status >= 400) expectSilence(reply.text)
}

test('right requests', async () => {
  const replies = [
    await foyer.get('/properties/10101', secrets),
    await foyer.get(`/events/7/properties?city=${email}&mlsStatus[in]=canary,k4n4ry`, secrets),
    await foyer.send(
      'POST',
      '/events/7/properties',
      { city: 'Canary Wharf', listingUrl: `https://x.example/${email}` },
      secrets,
    ),
    await foyer.send('PATCH', '/events/7/properties/1', { unparsedAddress: 'Canary Row 555-01-4242' }, secrets),
    await foyer.send('POST', '/agents/agent1@example.com/access-token', undefined, secrets),
    await foyer.get('/leads?sid=10101', secrets),
    await foyer.get('/leads?brokerageId=b1001&agentEmail=canary.person@example.com', secrets),
  ]
  for (const reply of replies) {
    expect(reply.status).toBeLessThan(300)
    expectSilentReply(reply)
  }
  expectSilentLog()
  const log = lines.join('')
  for (const { apiKey } of [foyer.sandbox.spacio]) expect(log).not.toContain(apiKey)
  expect(log).not.toContain(foyer.sandbox.liondesk.accessToken)
  expect(log).not.toContain('agent1@example.com')
  expect(log).not.toContain(replies[4]?.body.accessToken)
  expect(log).not.toMatch(/visitor\d+@/)
})

test('one line per request with exactly these fields', async () => {
  const { headers } = await foyer.get('/agents/agent5@example.com/properties?limit=1')
  expect(lines.map((line) => JSON.parse(line))).toEqual([
    {
      level: 30,
      time: expect.any(Number),
      requestId: headers['x-request-id'],
      method: 'GET',
      route: '/agents/:agent/properties',
      status: 200,
      milliseconds: expect.any(Number),
      tenant: 'default',
      client: 'local',
      cache: 'miss',
      upstream: [
        { operation: 'getAccessToken', outcome: 'ok', milliseconds: expect.any(Number), attempts: 1 },
        { operation: 'getProperties', outcome: 'ok', milliseconds: expect.any(Number), attempts: 1 },
      ],
      msg: 'request',
    },
  ])
})

test('wrong requests', async () => {
  const json = { 'content-type': 'application/json', ...secrets }
  const replies = [
    await foyer.get(`/nope/${email}`, secrets),
    await foyer.get(`/properties/${email}`, secrets),
    await foyer.get('/problems/canary', secrets),
    await foyer.get(`/events/7/properties?limit=${email}`, secrets),
    await foyer.get(`/agents/${email}/properties`, secrets),
    await foyer.send('PUT', `/agents/${email}/properties`, undefined, secrets),
    await foyer.send('POST', '/events/7/properties', `{"city": "canary" ${email}}`, json),
    await foyer.send('POST', '/events/7/properties', `{"city":\n    at ${email}\n`, json),
    await foyer.send(
      'POST',
      '/events/7/properties',
      { latitude: 'canary', city: 'canary'.repeat(40), photoUrls: [email] },
      secrets,
    ),
    await foyer.send('POST', '/events/7/properties', email, { ...secrets, 'content-type': `text/${'canary'}` }),
    await foyer.send('POST', `/agents/${email}/access-token`, undefined, secrets),
  ]
  for (const reply of replies) {
    expect(reply.status).toBeGreaterThanOrEqual(400)
    expectSilentReply(reply)
  }
  expectSilentLog()
})

test('invalid requests', async () => {
  for (const bytes of [
    `GET /%zz?${email} HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer k4n4ry\r\nconnection: close\r\n\r\n`,
    `GET /${email} canary HTTP/1.1\r\n\r\n`,
    `CANARY /${email} HTTP/1.1\r\nhost: localhost\r\n\r\n`,
    `GET /agents/${'canary'.repeat(60)}/properties HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n`,
    `GET /problems HTTP/1.1\r\nhost: localhost\r\nx: ${'canary'.repeat(4000)}\r\n\r\n`,
  ]) {
    const reply = await server.send(bytes)
    expectSilence(reply.text + JSON.stringify(reply.headers))
  }
  expectSilence(lines.join(''))
})

const error = {
  name: 'CanaryError',
  message: `no access for ${email}`,
  code: 403,
  className: 'canary',
  data: { phone: '555-01-4242' },
  errors: { mls: 'canary', canary: 'canary' },
}

const faults: Omit<FaultInput, 'operation'>[] = [
  { kind: 'body', body: error, status: 403 },
  { kind: 'body', body: { ...error, code: 400 }, status: 400 },
  { kind: 'body', body: { ...error, code: 500 }, status: 500 },
  { kind: 'body', body: `{"name": "canary", "email": "${email}" "phone": 555-01-4242` },
  { kind: 'body', body: `{"a":\n    at canary (${email}:1:2)\n` },
  { kind: 'body', body: `<html><title>canary</title>${email}</html>`, contentType: 'text/html' },
  { kind: 'body', body: `canary ${email}`, status: 502, contentType: 'text/plain' },
  { kind: 'body', body: { error: 'canary', message: email } },
  { kind: 'body', body: { [email]: email, 'canary-name': 'canary' } },
  { kind: 'body', body: ['canary', email] },
  { kind: 'body', body: `"canary ${email}"` },
  { kind: 'body', body: '{"x":1}', headers: { 'content-encoding': 'canary' } },
  { kind: 'body', body: 'canary', headers: { 'content-encoding': 'gzip' } },
  { kind: 'body', body: { ...error, code: 429 }, status: 429, headers: { 'retry-after': email } },
  { kind: 'redirect', location: `https://example.com/${email}` },
  { kind: 'reset' },
  { kind: 'cut' },
]

test.for(faults)('an upstream that answers with $kind $body', async (fault) => {
  foyer.sandbox.control.liondesk.fault({ operation: '*', ...fault })
  foyer.sandbox.control.spacio.fault({ operation: '*', ...fault })
  const replies = [
    await foyer.get('/events/7/properties', secrets),
    await foyer.get('/events/7/properties/1', secrets),
    await foyer.send('POST', '/events/7/properties', { city: 'Canary' }, secrets),
    await foyer.send('PATCH', '/events/7/properties/1', { city: 'Canary' }, secrets),
    await foyer.send('DELETE', '/events/7/properties/1', undefined, secrets),
    await foyer.get('/properties/10101', secrets),
    await foyer.get('/leads?brokerageId=b1001', secrets),
    await foyer.get(`/agents/${email}/properties`, secrets),
    await foyer.get('/upstreams', secrets),
  ]
  for (const reply of replies) expectSilentReply(reply)
  expectSilence(replies.at(-1)?.text ?? '')
  expectSilentLog()
})

test('a bug is logged with its type and stack frames, without its message', async () => {
  const { gateway } = foyer.app as unknown as { gateway: { mappings: () => unknown } }
  const { mappings } = gateway
  gateway.mappings = () => {
    throw new TypeError(`canary\n    at ${email} (canary.ts:1:2)`)
  }
  const reply = await foyer.get('/mappings').finally(() => {
    gateway.mappings = mappings
  })
  expect(reply.status).toBe(500)
  expectSilence(reply.text)
  expectSilentLog()
  const entry = lines.map((line) => JSON.parse(line)).find(({ err }) => err)
  expect(entry).toMatchObject({ level: 50, code: 'internal', err: { type: 'TypeError', message: '' } })
  expect(entry.err.stack).toContain('request-log.test.ts')
})
