/** A proxy serves the gateway below a path that it removes from each request. FOYER_PUBLIC_URL contains this path. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type ExpressProxy, startExpressProxy } from '../../support/express-proxy.ts'
import { exchangeRaw } from '../../support/raw-requests.ts'
import { openGateway, type TestGateway } from '../../support/test-gateway.ts'

let gateway: TestGateway
let proxy: ExpressProxy
let target = ''

beforeAll(async () => {
  proxy = await startExpressProxy(() => target, { prefix: '/gw' })
  gateway = await openGateway({
    ...{ SPACIO_API_KEY: 'k', SPACIO_BASE_URL: 'http://127.0.0.1:9' },
    FOYER_PUBLIC_URL: `${proxy.url}/gw`,
  })
  target = await gateway.app.listen({ host: '127.0.0.1', port: 0 })
})

afterAll(async () => {
  proxy.close()
  await gateway.close()
})

const get = async (path: string, base = proxy.url) => {
  const reply = await fetch(new URL(path, base), { redirect: 'manual' })
  return { status: reply.status, headers: reply.headers, url: reply.url, text: await reply.text() }
}

test.each(['/gw/docs', '/gw/docs/'])('%s loads all its assets and the document', async (path) => {
  const page = await get(path)
  const references = [...page.text.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, reference = '']) => reference)
  expect(references.length).toBeGreaterThan(5)
  for (const reference of references) {
    const reply = await get(reference, page.url)
    expect([reference, reply.status]).toEqual([reference, 200])
  }
  const document = await get('/gw/docs/json')
  expect(document.status).toBe(200)
})

test('the page of Swagger UI is linked from its own file', async () => {
  const reply = await get('/gw/docs/static/index.html')
  expect(new URL(reply.headers.get('location') ?? '', reply.url).href).toBe(`${proxy.url}/gw/docs/`)
})

test('the server of the OpenAPI document is the gateway', async () => {
  const reply = await get('/gw/openapi.json')
  const { servers } = JSON.parse(reply.text) as { servers: { url: string }[] }
  const server = new URL(servers[0]?.url ?? '', reply.url)
  expect((await get(`${server.href}/health/live`)).status).toBe(200)
})

const getType = (text: string): string => (JSON.parse(text) as { type: string }).type

test('the type of a problem leads to its page', async () => {
  const malformed = await exchangeRaw(Number(new URL(target).port), 'nonsense\r\n\r\n')
  const types = [
    getType((await get('/gw/nope')).text),
    getType((await get('/gw/properties/ten')).text),
    getType(malformed.split('\r\n\r\n')[1] ?? ''),
    (JSON.parse((await get('/gw/problems/internal')).text) as { example: { type: string } }).example.type,
  ]
  for (const type of types) expect([type, (await get(type)).status]).toEqual([type, 200])
})
