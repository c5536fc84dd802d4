/** `/problems/{code}` as a page in a browser, which the `type` of a problem leads to. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { problemCatalogue, problemCodes } from '#src/problems.ts'
import { openGateway, type TestGateway } from '../../support/test-gateway.ts'

const browser = 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8'

let gateway: TestGateway

beforeAll(async () => {
  gateway = await openGateway({ SPACIO_API_KEY: 'k', SPACIO_BASE_URL: 'http://127.0.0.1:9' })
})

afterAll(() => gateway.close())

/** The visible text of a page. */
const readText = (html: string): string =>
  html
    .replace(/<style>.*?<\/style>|<[^>]+>/gs, '')
    .replace(/&#(\d+);/g, (_, point: string) => String.fromCodePoint(Number(point)))

test.for(problemCodes)('%s: a browser gets the text of the catalogue', async (code) => {
  const reply = await gateway.app.inject({ url: `/problems/${code}`, headers: { accept: browser } })
  expect(reply.headers['content-type']).toBe('text/html; charset=utf-8')
  const { title, meaning, causes, remedy } = problemCatalogue[code]
  const seen = readText(reply.body)
  for (const text of [title, meaning, ...causes, remedy]) expect(seen).toContain(text.replaceAll('`', ''))
  // Except the example, which is unchanged.
  expect(readText(reply.body.replace(/<pre.*<\/pre>/s, ''))).not.toContain('`')
})

test('the page loads and runs nothing, and may be kept apart from the JSON', async () => {
  const { headers, body } = await gateway.app.inject({ url: '/problems/internal', headers: { accept: browser } })
  expect(headers['content-security-policy']).toBe("default-src 'none';style-src 'unsafe-inline';frame-ancestors 'none'")
  expect(String(headers.vary).split(', ')).toContain('Accept')
  expect(body).not.toMatch(/<script|src=|javascript:/i)
})

test.for([undefined, '*/*', 'application/json', 'application/json, text/html'])(
  'Accept: %s gets JSON',
  async (accept) => {
    const reply = await gateway.get('/problems/internal', accept === undefined ? {} : { accept })
    expect(reply.headers['content-type']).toBe('application/json; charset=utf-8')
    expect(String(reply.headers.vary).split(', ')).toContain('Accept')
  },
)

test('an unknown code is a problem document for every client', async () => {
  const reply = await gateway.get('/problems/nope', { accept: browser })
  expect(reply).toMatchObject({ status: 404, body: { code: 'not-found' } })
})

test('/problems is a page for a browser: it links the page of each problem', async () => {
  const reply = await gateway.app.inject({ url: '/problems', headers: { accept: browser } })
  expect(reply.headers).toMatchObject({ 'content-type': 'text/html; charset=utf-8', vary: 'Accept' })
  const seen = readText(reply.body)
  for (const code of problemCodes) {
    expect(reply.body).toContain(`href="/problems/${code}"`)
    expect(seen).toContain(`${problemCatalogue[code].title}: ${problemCatalogue[code].meaning.replaceAll('`', '')}`)
  }
})
