/** Invalid HTTP gets a problem document or a closed socket, never a stack trace. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { listenRaw, type RawReply, type RawServer } from '../../support/raw-requests.ts'
import { openGateway, type TestGateway } from '../../support/test-gateway.ts'

let gateway: TestGateway
let server: RawServer

beforeAll(async () => {
  gateway = await openGateway({
    SPACIO_API_KEY: 'k',
    SPACIO_BASE_URL: 'http://127.0.0.1:9',
    FOYER_CORS_ORIGINS: 'https://app.example.com',
  })
  server = await listenRaw(gateway.app)
})

afterAll(async () => {
  await server.close()
  await gateway.close()
})

const get = (target: string, headers = '') =>
  server.send(`GET ${target} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n${headers}\r\n`)

const expectProblem = (reply: RawReply, status: number) => {
  expect(reply.status).toBe(status)
  expect(reply.headers['content-type']).toBe('application/problem+json; charset=utf-8')
  expect(reply.body).toMatchObject({
    status,
    type: `/problems/${reply.body.code}`,
    instance: `urn:foyer:request:${reply.body.requestId}`,
  })
  expect(reply.headers['x-request-id']).toBe(reply.body.requestId)
  expect(reply.text).not.toMatch(/\bat .*:\d+:\d+|node_modules|Error:|FST_|HPE_/)
}

test.for<[string, { given: string; want: number }]>([
  ['a broken escape', { given: '/%zz', want: 400 }],
  ['a broken escape in a parameter', { given: '/properties/%zz', want: 400 }],
  ['half an escape', { given: '/properties/%', want: 400 }],
  ['broken UTF-8', { given: '/properties/%ff%fe', want: 400 }],
  ['NUL', { given: '/properties/%00', want: 400 }],
  ['two slashes', { given: '//', want: 404 }],
  ['another host’s slashes', { given: '//evil.example/problems', want: 404 }],
  ['dots', { given: '/problems/../../etc/passwd', want: 400 }],
  ['escaped dots', { given: '/problems/%2e%2e%2f%2e%2e', want: 400 }],
  ['a backslash', { given: '/problems\\internal', want: 400 }],
  ['a star', { given: '*', want: 400 }],
  ['a long parameter', { given: `/events/${'x'.repeat(301)}/properties`, want: 400 }],
  ['a longer parameter', { given: `/properties/${'1'.repeat(3000)}`, want: 400 }],
  ['a long unknown path', { given: `/${'x'.repeat(3000)}`, want: 404 }],
  ['a URL of more than 4096 characters', { given: `/problems?${'x'.repeat(4096)}`, want: 400 }],
  ['a URL above the header limit', { given: `/problems?${'x'.repeat(17_000)}`, want: 400 }],
])('%s', async ([, { given, want }]) => {
  expectProblem(await get(given), want)
})

test.for(['*', '/leads%2f', '/problems/%2e%2e', '/%zz'])('OPTIONS %s is a problem too', async (target) => {
  expectProblem(await server.send(`OPTIONS ${target} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n`), 400)
})

test('names the limit of a path parameter', async () => {
  const { body } = await get(`/events/${'x'.repeat(301)}/properties`)
  expect(body.detail).toBe('A part of the path is longer than 300 characters.')
})

test('names the URL as a possible cause of a request head that is too large', async () => {
  const { body } = await get(`/problems?${'x'.repeat(17_000)}`)
  expect(body.detail).toBe('The URL and the headers are too large together.')
})

test('accepts a URL of 4096 characters, but not a longer one', async () => {
  const filters = `city=${'x'.repeat(2000)}&unparsedAddress=${'x'.repeat(1900)}&mlsStatus=`
  const url = `/events/7/properties?${filters}`.padEnd(4096, 'x')
  expect((await get(url)).body).toMatchObject({ code: 'reauthorization-required' })
  expect((await get(`${url}x`)).body).toMatchObject({ code: 'invalid-request', detail: expect.stringMatching(/4096/) })
})

test('rejects an absolute URL in the request line', async () => {
  expectProblem(await get('http://x/problems/internal'), 400)
  expectProblem(await get('https://evil.example/nope'), 400)
})

const malformed: [string, string][] = [
  ['a bad method', 'BREW /problems HTTP/1.1\r\nhost: localhost\r\n\r\n'],
  ['a method in small letters', 'get /problems HTTP/1.1\r\nhost: localhost\r\n\r\n'],
  ['no HTTP at all', 'hello\r\n\r\n'],
  ['TLS', '\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001\u00fc\u0003\u0003'],
  ['another version', 'GET /problems HTTP/9.9\r\nhost: localhost\r\n\r\n'],
  ['a space in the URL', 'GET /pro blems HTTP/1.1\r\nhost: localhost\r\n\r\n'],
  ['NUL in the URL', 'GET /pro\u0000blems HTTP/1.1\r\nhost: localhost\r\n\r\n'],
  ['NUL in a header', 'GET /problems HTTP/1.1\r\nhost: localhost\r\na: b\u0000c\r\n\r\n'],
  ['two lengths', 'POST /leads HTTP/1.1\r\nhost: localhost\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nab'],
  [
    'a length and chunks',
    'POST /leads HTTP/1.1\r\nhost: localhost\r\ncontent-length: 4\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n',
  ],
  ['a negative length', 'POST /leads HTTP/1.1\r\nhost: localhost\r\ncontent-length: -1\r\n\r\n'],
  [
    'a bad chunk',
    'POST /events/7/properties HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n',
  ],
  ['a header without a colon', 'GET /problems HTTP/1.1\r\nhost: localhost\r\nnonsense\r\n\r\n'],
  ['a folded header', 'GET /problems HTTP/1.1\r\nhost: localhost\r\na: b\r\n c\r\n\r\n'],
  ['headers beyond 16 KiB', `GET /problems HTTP/1.1\r\nhost: localhost\r\na: ${'b'.repeat(17_000)}\r\n\r\n`],
]

test.for(malformed)('%s: a problem document or a closed connection', async ([, bytes]) => {
  const reply = await server.send(Buffer.from(bytes, 'latin1'))
  if (reply.status !== 0 && reply.text !== '') expectProblem(reply, 400)
  else expect([0, 400]).toContain(reply.status)
})

test('a missing Host header is rejected', async () => {
  expectProblem(await server.send('GET /problems HTTP/1.1\r\nconnection: close\r\n\r\n'), 400)
})

test('the server still answers', async () => {
  expect((await get('/health/live')).body).toEqual({ status: 'ok' })
})
