/** A URL that exists, but not for this method, gets 405 with `Allow`. */
import { METHODS } from 'node:http'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { documentedPaths, listenRaw, type RawServer } from '../../support/raw-requests.ts'
import { openGateway, type TestGateway } from '../../support/test-gateway.ts'

let gateway: TestGateway
let server: RawServer

beforeAll(async () => {
  gateway = await openGateway({ SPACIO_API_KEY: 'k', SPACIO_BASE_URL: 'http://127.0.0.1:9' })
  server = await listenRaw(gateway.app)
})

afterAll(async () => {
  await server.close()
  await gateway.close()
})

const allowedBy = ({ methods }: (typeof documentedPaths)[number]) =>
  methods.flatMap((method) => (method === 'GET' ? ['GET', 'HEAD'] : [method])).toSorted()

/** CONNECT has a host instead of a path, so Node closes the socket. */
const methods = METHODS.filter((method) => method !== 'CONNECT')

test.for(documentedPaths)('$template', async (path) => {
  const allow = allowedBy(path)
  for (const method of methods.filter((each) => !allow.includes(each) && each !== 'OPTIONS')) {
    const reply = await server.send(`${method} ${path.url} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n`)
    expect([method, reply.status]).toEqual([method, 405])
    expect(reply.headers.allow?.split(', ').toSorted()).toEqual(allow)
    expect(reply.headers['content-type']).toBe('application/problem+json; charset=utf-8')
    if (method === 'HEAD') expect(reply.text).toBe('')
    else expect(reply.body).toMatchObject({ code: 'method-not-allowed', requestId: reply.headers['x-request-id'] })
  }
})

test.for(documentedPaths)('OPTIONS $template lists the methods', async (path) => {
  const reply = await server.send(`OPTIONS ${path.url} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n`)
  expect([reply.status, reply.text]).toEqual([204, ''])
  expect(reply.headers.allow?.split(', ').toSorted()).toEqual([...allowedBy(path), 'OPTIONS'].toSorted())
})

test.for([
  ['text', 'text/plain', 'x'],
  ['broken JSON', 'application/json', '{'],
  ['nothing', 'application/json', ''],
  ['much', 'application/json', JSON.stringify('x'.repeat(20_000))],
])('405 takes precedence over an invalid body: %s', async ([, type, body]) => {
  const reply = await gateway.send('POST', '/properties/10101', body as string, { 'content-type': type as string })
  expect(reply).toMatchObject({ status: 405, body: { code: 'method-not-allowed' } })
})

test('405 takes precedence over invalid parameters', async () => {
  expect((await gateway.send('DELETE', '/properties/x?ctiy=1')).status).toBe(405)
})

test('CONNECT does not open a tunnel', async () => {
  const reply = await server.send('CONNECT 127.0.0.1:80 HTTP/1.1\r\nhost: 127.0.0.1:80\r\n\r\n')
  expect(reply.status === 0 || reply.status >= 400).toBe(true)
})

test('HEAD has the same response as GET, without the body', async () => {
  const [head, get] = [await gateway.send('HEAD', '/problems'), await gateway.get('/problems')]
  expect(head.status).toBe(200)
  expect(head.text).toBe('')
  expect(head.headers['content-length']).toBe(get.headers['content-length'])
  expect(head.headers['content-type']).toBe(get.headers['content-type'])
})

test.for([
  '/nope',
  '/',
  '/agents',
  '/brokerages/b1001',
  '/properties',
  '/events/7/properties/1/photos',
  '/__proto__',
  '/docs/nope.js',
])('%s is not a route: 404 for any method', async (url) => {
  for (const method of ['GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS']) {
    const reply = await gateway.send(method, url)
    expect([method, reply.status, reply.body.code]).toEqual([method, 404, 'not-found'])
  }
})

test('an unknown route is 404, whatever Accept and Content-Type are', async () => {
  expect((await gateway.get('/nope', { accept: 'text/html' })).status).toBe(404)
  expect((await gateway.send('POST', '/nope', '<x/>', { 'content-type': 'text/xml' })).status).toBe(404)
  expect((await gateway.send('POST', '/nope', '{', { 'content-type': 'application/json' })).status).toBe(404)
})

test('a trailing slash is ignored', async () => {
  expect((await gateway.get('/health/live/')).body).toEqual({ status: 'ok' })
  expect((await gateway.get('/problems/internal/')).status).toBe(200)
  expect((await gateway.send('PUT', '/problems/')).status).toBe(405)
})

test('two trailing slashes are not ignored', async () => {
  expect((await server.send('GET //problems HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n')).status).toBe(
    404,
  )
})

test('requests with any method are counted under their route', async () => {
  for (const method of ['PUT', 'PROPFIND', 'DELETE']) await gateway.send(method, '/properties/10101')
  const lines = ((await gateway.app.scrape?.text()) ?? '').split('\n')
  const counted = lines.filter((line) => /^foyer_http_requests_total.*"\/properties\/:sid",status="405"/.test(line))
  for (const method of ['PUT', '(other)', 'DELETE']) {
    expect(counted).toContainEqual(expect.stringContaining(`method="${method}"`))
  }
})
