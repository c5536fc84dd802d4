/** `GET /` returns a page for browsers and 404 for programs. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openGateway, type TestGateway } from '../../support/test-gateway.ts'

const browser = 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8'

let gateway: TestGateway

beforeAll(async () => {
  gateway = await openGateway({
    ...{ SPACIO_API_KEY: 'k', SPACIO_BASE_URL: 'http://127.0.0.1:9' },
    FOYER_PUBLIC_URL: 'https://example.com/foyer',
  })
})
afterAll(() => gateway.close())

test('a browser gets a page whose links all lead somewhere', async () => {
  const { statusCode, headers, body } = await gateway.app.inject({ url: '/', headers: { accept: browser } })
  expect([statusCode, headers['content-type'], headers.vary]).toEqual([200, 'text/html; charset=utf-8', 'Accept'])
  expect(headers['content-security-policy']).toContain("default-src 'none'")
  const targets = [...body.matchAll(/href="([^"]+)"/g)].map(([, target = '']) => target)
  expect(targets).toEqual(
    expect.arrayContaining(['/foyer/docs', '/foyer/problems', '/foyer/health/ready', '/foyer/openapi.json']),
  )
  for (const target of targets) {
    const { statusCode } = await gateway.app.inject({ url: target.replace('/foyer', ''), headers: { accept: browser } })
    expect([target, statusCode]).toEqual([target, 200])
  }
})

test.for([undefined, '*/*', 'application/json', 'image/png', 'application/json, text/html'])(
  'Accept: %s gets 404, as any unknown route',
  async (accept) => {
    const reply = await gateway.get('/', accept === undefined ? {} : { accept })
    expect(reply).toMatchObject({ status: 404, body: { code: 'not-found', detail: 'This route does not exist.' } })
    expect(reply.headers.vary).toBe('Accept')
  },
)
