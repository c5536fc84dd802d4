/**
 * Without authentication, the gateway serves only this machine. No web page can call it, whatever host name it uses.
 */
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { writeClients } from '../../support/clients.ts'
import { openSandboxAndGateway, type SandboxGateway } from '../../support/test-gateway.ts'

let foyer: SandboxGateway

beforeAll(async () => {
  foyer = await openSandboxAndGateway({
    env: { FOYER_AUTH: 'off', FOYER_MCP: 'on', FOYER_CORS_ORIGINS: 'https://app.example.com' },
  })
})
beforeEach(() => foyer.sandbox.control.clearRequests())
afterAll(() => foyer.close())

const ask = async (method: 'GET' | 'POST', url: string, headers: Record<string, string>) => {
  const body = method === 'POST' ? { payload: { jsonrpc: '2.0', id: 1, method: 'ping' } } : {}
  const reply = await foyer.app.inject({ method, url, headers, ...body })
  return { status: reply.statusCode, code: reply.statusCode < 400 ? null : reply.json().code, text: reply.body }
}

const urls = ['/properties/10101', '/openapi.json', '/docs', '/health/live', '/no-such-route'] as const

test.for([
  'evil.example',
  'evil.example:3000',
  'localhost.evil.example',
  '127.0.0.1.evil.example',
  '192.0.2.1',
  '[2001:db8::1]',
])('a request for the host %s is rejected on every route, as protection against DNS rebinding', async (host) => {
  for (const url of urls) expect(await ask('GET', url, { host })).toMatchObject({ status: 403, code: 'forbidden' })
  expect(await ask('POST', '/mcp', { host })).toMatchObject({ status: 403 })
  expect((await ask('GET', '/openapi.json', { host })).text).toContain('FOYER_AUTH is off')
  expect(foyer.sandbox.control.spacio.requests()).toEqual([])
})

test.for(['localhost', 'localhost:3000', 'LOCALHOST', '127.0.0.1:3000', '127.1.2.3', '[::1]:3000'])(
  'a request for the host %s is answered',
  async (host) => {
    expect((await ask('GET', '/properties/10101', { host })).status).toBe(200)
  },
)

const host = 'localhost:3000'
const crossSite = { 'sec-fetch-site': 'cross-site' }

test.for<[string, 'GET' | 'POST', string, Record<string, string>]>([
  ['a form of a foreign page', 'POST', '/connections', { origin: 'https://evil.example', ...crossSite }],
  ['a form of a sandboxed page', 'POST', '/connections', { origin: 'null' }],
  ['a page of another local port', 'POST', '/connections', { origin: 'http://localhost:8080' }],
  ['a page of another local port, by its site', 'GET', '/properties/10101', { 'sec-fetch-site': 'same-site' }],
  ['an image of a foreign page', 'GET', '/properties/10101', { ...crossSite, 'sec-fetch-mode': 'no-cors' }],
  [
    'a frame of a foreign page',
    'GET',
    '/docs',
    { ...crossSite, 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'iframe' },
  ],
  [
    'a form of a foreign page, which navigates',
    'POST',
    '/connections',
    { ...crossSite, 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' },
  ],
  ['a foreign page that calls an assistant tool', 'POST', '/mcp', crossSite],
])('rejects %s', async ([, method, url, headers]) => {
  expect(await ask(method, url, { host, ...headers })).toMatchObject({ status: 403, code: 'forbidden' })
  expect(foyer.sandbox.control.spacio.requests()).toEqual([])
})

test.for<[string, 'GET' | 'POST', string, Record<string, string>]>([
  ['a program', 'GET', '/properties/10101', {}],
  ['a page of this gateway', 'GET', '/properties/10101', { 'sec-fetch-site': 'same-origin' }],
  ['a script of a page of this gateway', 'GET', '/properties/10101', { origin: 'http://localhost:3000' }],
  ['an address that was typed', 'GET', '/properties/10101', { 'sec-fetch-site': 'none' }],
  ['a page of a listed origin', 'GET', '/properties/10101', { origin: 'https://app.example.com', ...crossSite }],
  [
    'a link, and the way back from LionDesk',
    'GET',
    '/properties/10101',
    { ...crossSite, 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' },
  ],
])('accepts %s', async ([, method, url, headers]) => {
  expect((await ask(method, url, { host, ...headers })).status).toBe(200)
})

test('with authentication, any host and any origin may send requests', async () => {
  const clients = writeClients({ web: { scopes: ['properties:read'], grants: { agents: '*' } } })
  const other = await openSandboxAndGateway({ env: { FOYER_AUTH: 'required', FOYER_CLIENTS_FILE: clients.path } })
  const headers = { ...clients.headers('web'), host: 'api.example.com', origin: 'https://any.example' }
  expect((await other.app.inject({ url: '/properties/10101', headers })).statusCode).toBe(200)
  await other.close()
})
