import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { everyGrant, writeClients } from '../../support/clients.ts'
import { openGateway, type TestGateway } from '../../support/test-gateway.ts'

let gateway: TestGateway

beforeAll(async () => {
  gateway = await openGateway({ SPACIO_API_KEY: 'k', SPACIO_BASE_URL: 'http://127.0.0.1:9' })
})

afterAll(() => gateway.close())

test.for<[string, number]>([
  ['application/json', 200],
  ['application/*', 200],
  ['*/*', 200],
  ['*/*;q=0.1', 200],
  ['text/html, */*;q=0.1', 200],
  ['APPLICATION/JSON', 200],
  ['application/json;q=0.001', 200],
  ['application/json; charset=utf-8', 200],
  ['application/json, application/problem+json', 200],
  ['application/problem+json', 200],
  ['application/json;odata.metadata=minimal', 200],
  ['application/json;indent=4', 200],
  ['application/json; note="a, b; c"; q=0.5', 200],
  ['*', 200],
  ['text/html, image/gif, image/jpeg, *; q=.2', 200],
  ['', 200],
  ['text/html', 406],
  ['application/xml', 406],
  ['application/json;q=0', 406],
  ['application/json;indent=4;q=0', 406],
  ['application/json ;  q=0', 406],
  ['*;q=0', 406],
  ['text/html;indent=4', 406],
  ['*/*;q=0', 406],
  ['application/json;q=0, */*', 406],
  ['text/*', 406],
  ['nonsense', 406],
])('Accept: %s is %i', async ([accept, want]) => {
  const reply = await gateway.get('/mappings', { accept })
  expect(reply.status).toBe(want)
  if (want === 406) {
    expect(reply.body.code).toBe('not-acceptable')
    expect(reply.headers['content-type']).toBe('application/problem+json; charset=utf-8')
  }
})

describe('a 406 does not hide', () => {
  const clients = writeClients({ narrow: { scopes: ['properties:read'], grants: everyGrant } })
  const accept = 'image/png'
  let secured: TestGateway

  beforeAll(async () => {
    secured = await openGateway({
      ...{ SPACIO_API_KEY: 'k', SPACIO_BASE_URL: 'http://127.0.0.1:9' },
      ...{ FOYER_AUTH: 'required', FOYER_CLIENTS_FILE: clients.path },
    })
  })

  afterAll(() => secured.close())

  test.each([
    ['a 401', '/properties/10101', {}, 401],
    ['a 403', '/leads?brokerageId=b1001', clients.headers('narrow'), 403],
    ['a 400', '/properties/10101?ctiy=x', clients.headers('narrow'), 400],
    ['a 404', '/nope', clients.headers('narrow'), 404],
  ])('%s', async (_name, url, headers, want) => {
    expect((await secured.get(url, { ...headers, accept })).status).toBe(want)
  })

  test('a 406 causes no upstream call', async () => {
    const { status, body } = await secured.get('/properties/10101', { ...clients.headers('narrow'), accept })
    expect([status, body.code]).toEqual([406, 'not-acceptable'])
  })
})

test('an operation without a response body accepts clients that accept only problems', async () => {
  const reply = await gateway.send('DELETE', '/connections/none', undefined, { accept: 'application/problem+json' })
  expect(reply).toMatchObject({ status: 404, body: { code: 'not-found' } })
})

test('a request without Accept is accepted', async () => {
  expect((await gateway.get('/problems')).status).toBe(200)
})

test('the documentation is HTML for clients that accept HTML', async () => {
  const reply = await gateway.app.inject({ url: '/docs', headers: { accept: 'text/html' } })
  expect(reply.statusCode).toBeLessThan(400)
})

test('bodies are JSON in UTF-8', async () => {
  expect((await gateway.get('/problems')).headers['content-type']).toBe('application/json; charset=utf-8')
})

test('a 406 names the media types that the operation supports', async () => {
  const { status, body } = await gateway.get('/mappings', { accept: 'application/xml' })
  expect([status, body.detail]).toEqual([406, '`Accept` must allow application/json.'])
  const problems = await gateway.get('/problems', { accept: 'application/xml' })
  expect(problems.body.detail).toBe('`Accept` must allow one of application/json, text/html.')
})
