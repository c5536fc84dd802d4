import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Gateway, openGateway } from '../support/house.ts'

let gateway: Gateway

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
  ['', 200],
  ['text/html', 406],
  ['application/xml', 406],
  ['application/json;q=0', 406],
  ['*/*;q=0', 406],
  ['application/json;q=0, */*', 406],
  ['text/*', 406],
  ['nonsense', 406],
])('Accept: %s is %i', async ([accept, want]) => {
  const reply = await gateway.get('/problems', { accept })
  expect(reply.status).toBe(want)
  if (want === 406) {
    expect(reply.body.code).toBe('not-acceptable')
    expect(reply.headers['content-type']).toBe('application/problem+json; charset=utf-8')
  }
})

test('no Accept at all is fine', async () => {
  expect((await gateway.get('/problems')).status).toBe(200)
})

test('the documentation is HTML to whoever asks for HTML', async () => {
  const reply = await gateway.app.inject({ url: '/docs', headers: { accept: 'text/html' } })
  expect(reply.statusCode).toBeLessThan(400)
})

test('bodies are JSON in UTF-8', async () => {
  expect((await gateway.get('/problems')).headers['content-type']).toBe('application/json; charset=utf-8')
})
