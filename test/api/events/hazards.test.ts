/** A write without an id would affect all records. A header of the client could change the method. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createLionDesk } from '#src/upstreams/liondesk/index.ts'
import { createTokenSource, listRequests, useSandboxAndGateway } from '../../support/liondesk.ts'
import { listenRaw, type RawServer } from '../../support/raw-requests.ts'

const foyer = useSandboxAndGateway()
let server: RawServer

beforeAll(async () => {
  server = await listenRaw(foyer().app)
})

afterAll(() => server.close())

const noIds = [
  '',
  '/',
  '//',
  '%20',
  '%00',
  '.',
  '..',
  '%2e',
  '%2e%2e',
  '../8',
  '..%2f8',
  '%2f',
  '%5c',
  '*',
  '%2a',
  'null%00',
  '1,2',
  '1%2c2',
  '1;2',
  '1%0a',
  '%F0%9F%8F%A1',
  '%d9%a1',
  '%ef%bc%91',
  '1%20or%201',
  '$in',
  '[]',
  '%7b%7d',
  'x'.repeat(65),
  'x'.repeat(301),
]

test.for(['DELETE', 'PATCH', 'GET'])('%s without an id reaches nobody', async (method) => {
  const before = foyer().sandbox.control.liondesk.records()
  for (const id of noIds) {
    for (const path of [`/events/7/properties/${id}`, `/events/${id}/properties/1`, `/events/${id}/properties/${id}`]) {
      const body = method === 'PATCH' ? '{"city":"x"}' : ''
      const reply = await server.send(
        `${method} ${path} HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\nconnection: close\r\n\r\n${body}`,
      )
      const isList = method === 'GET' && /^\/events\/7\/properties\/?$/.test(path)
      if (!isList) expect([path, reply.status]).toEqual([path, expect.toBeOneOf([400, 404, 405])])
    }
  }
  const paths = listRequests(foyer()).filter(({ path }) => path !== '/events/7/properties')
  expect(paths).toEqual([])
  expect(foyer().sandbox.control.liondesk.records()).toEqual(before)
})

test('a write can only address a single record', async () => {
  const sent: string[] = []
  const liondesk = createLionDesk({
    account: { tenant: 'default', baseUrl: 'http://127.0.0.1:9' },
    tokens: createTokenSource('t'),
    send: async ({ path }) => {
      sent.push(path)
      throw new Error('not to be reached')
    },
    drift: () => {},
    now: () => new Date(),
  })
  const call = { signal: new AbortController().signal, includeSource: false }
  for (const id of ['', ' ', '..', '.', '1/2', '1?x', '1#', '%31', '\u0661', '\n', '1\n', 'x'.repeat(65)]) {
    await expect(liondesk.remove('7', id, call)).rejects.toThrow(TypeError)
    await expect(liondesk.patch('7', id, { city: 'x' }, call)).rejects.toThrow(TypeError)
    await expect(liondesk.get('7', id, call)).rejects.toThrow(TypeError)
    await expect(liondesk.remove(id, '1', call)).rejects.toThrow(TypeError)
    await expect(liondesk.create(id, {}, call)).rejects.toThrow(TypeError)
    await expect(liondesk.contacts.get(id, call)).rejects.toThrow(TypeError)
    await expect(liondesk.events.get(id, call)).rejects.toThrow(TypeError)
  }
  expect(sent).toEqual([])
})

test('PUT is 405 and never sent', async () => {
  for (const url of ['/events/7/properties/1', '/events/7/properties']) {
    expect(await foyer().send('PUT', url, { city: 'x' })).toMatchObject({
      status: 405,
      body: { code: 'method-not-allowed' },
    })
  }
  expect(listRequests(foyer())).toEqual([])
})

test('no client header is forwarded', async () => {
  const headers = {
    'x-service-method': 'remove',
    'x-http-method-override': 'DELETE',
    'x-api-key': 'fk_canary',
    authorization: 'Bearer canary',
    cookie: 'session=canary',
    'x-forwarded-for': '203.0.113.9',
    'user-agent': 'canary',
    referer: 'https://canary.example/',
    traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
    'x-anything': 'canary',
    'accept-language': 'canary',
    'if-match': '*',
    te: 'trailers',
  }
  await foyer().get('/events/7/properties', headers)
  await foyer().get('/events/7/properties/1', headers)
  await foyer().send('POST', '/events/7/properties', { city: 'Reno', fromSid: 10101 }, headers)
  await foyer().send('PATCH', '/events/7/properties/1', { city: 'Reno' }, headers)
  await foyer().send('DELETE', '/events/7/properties/1', undefined, headers)

  const requests = [...listRequests(foyer()), ...foyer().sandbox.control.spacio.requests()]
  expect(requests.length).toBe(6)
  const known = [
    'accept',
    'accept-encoding',
    'apikey',
    'authorization',
    'connection',
    'content-length',
    'content-type',
    'host',
    'transfer-encoding',
  ]
  for (const request of requests) {
    expect(known).toEqual(expect.arrayContaining(Object.keys(request.headers)))
    expect(JSON.stringify(request.headers)).not.toContain('canary')
  }
  expect(listRequests(foyer()).map(({ operation }) => operation)).toEqual(['find', 'get', 'create', 'patch', 'remove'])
})

test('the path of a LionDesk base URL is retained with a single slash', async () => {
  const paths: string[] = []
  const liondesk = createLionDesk({
    account: { tenant: 'default', baseUrl: 'http://127.0.0.1:9/v2' },
    tokens: createTokenSource('t'),
    send: async ({ path, read }) => {
      paths.push(path)
      return read({ status: 200, retryAfter: null, body: Buffer.from('{"id":1}') }, false)
    },
    drift: () => {},
    now: () => new Date(),
  })
  await liondesk.get('7', '1', { signal: new AbortController().signal, includeSource: false })
  expect(paths).toEqual(['/events/7/properties/1'])
})
