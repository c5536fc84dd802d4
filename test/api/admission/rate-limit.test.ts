/**
 * Each client has its own allowance, and every response shows the rest of it. Floods are limited before authentication.
 */
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { everyGrant, everyScope, writeClients } from '../../support/clients.ts'
import { openSandboxAndGateway, type SandboxGateway } from '../../support/test-gateway.ts'

const clients = writeClients({
  web: { scopes: everyScope, grants: everyGrant },
  app: { scopes: everyScope, grants: everyGrant },
  poor: { scopes: [], grants: everyGrant },
})

/** 3:20. */
const begin = Date.UTC(2026, 4, 4, 15, 20)

let time: number
let foyer: SandboxGateway

const open = async (env = {}) => {
  time = begin
  foyer = await openSandboxAndGateway({
    sandbox: { leads: 0 },
    now: () => new Date(time),
    env: {
      FOYER_AUTH: 'required',
      FOYER_CLIENTS_FILE: clients.path,
      FOYER_RATE_LIMIT: '3',
      SPACIO_HOURLY_BUDGET: '1000',
      ...env,
    },
  })
}

afterEach(() => foyer.close())

const ask = (id: 'web' | 'app' | 'poor' | null, url = '/upstreams') =>
  foyer.get(url, id === null ? {} : clients.headers(id))

const getFields = ({ headers }: { headers: Record<string, unknown> }) => [
  headers['ratelimit-policy'],
  headers.ratelimit,
]

describe('a client', () => {
  beforeEach(() => open())

  test('may send a limited number of requests per minute and sees the remaining number in each response', async () => {
    expect(getFields(await ask('web'))).toEqual(['"client";q=3;w=60', '"client";r=2;t=60'])
    time += 18_000
    expect(getFields(await ask('web'))).toEqual(['"client";q=3;w=60', '"client";r=1;t=42'])
    expect(getFields(await ask('web'))).toEqual(['"client";q=3;w=60', '"client";r=0;t=42'])

    const refused = await ask('web')
    expect(refused).toMatchObject({ status: 429, body: { code: 'rate-limited', retryAfter: 42 } })
    expect(refused.headers['retry-after']).toBe('42')
    expect(getFields(refused)).toEqual(['"client";q=3;w=60', '"client";r=0;t=42'])

    time += 41_999
    expect((await ask('web')).status).toBe(429)
    time += 1
    expect(getFields(await ask('web'))).toEqual(['"client";q=3;w=60', '"client";r=2;t=60'])
  })

  test('does not use up the limit of another client', async () => {
    for (let count = 0; count < 4; count++) await ask('web')
    expect((await ask('web')).status).toBe(429)
    expect((await ask('app')).status).toBe(200)
  })

  test('sees the remaining number in error responses too', async () => {
    const { status, ...reply } = await ask('web', '/properties/0')
    expect([status, getFields(reply)[1]]).toEqual([400, expect.stringMatching(/^"client";r=2;t=60/)])
  })

  test('causes no upstream call with a rejected request', async () => {
    for (let count = 0; count < 3; count++) await ask('web')
    foyer.sandbox.control.clearRequests()
    expect((await ask('web', '/properties/10101')).status).toBe(429)
    expect(foyer.sandbox.control.spacio.requests()).toEqual([])
  })

  test('sees the remaining hourly budget on routes that call Spacio', async () => {
    const first = await ask('web', '/properties/10101')
    expect(getFields(first)).toEqual([
      '"client";q=3;w=60, "spacio-hour";q=950;w=3600, "spacio-client";q=475;w=3600',
      '"client";r=2;t=60, "spacio-hour";r=949;t=2400, "spacio-client";r=474;t=2400',
    ])
    time += 1500
    expect(getFields(await ask('web', '/properties/10101?include=source'))[1]).toMatch(
      /"spacio-hour";r=94\d;t=2399, "spacio-client";r=47\d;t=2399$/,
    )
    expect(getFields(await ask('web', '/events/7/properties/1'))[1]).not.toMatch(/spacio/)
  })
})

describe('an address', () => {
  beforeEach(() => open())

  const from = (remoteAddress: string, url = '/problems', headers = {}) =>
    foyer.app.inject({ url, remoteAddress, headers })

  test('may send ten times as many requests, with or without credentials; health checks are exempt', async () => {
    const urls = ['/problems', '/upstreams', '/nope']
    for (let count = 0; count < 30; count++) {
      expect((await from('198.51.100.1', urls[count % 3])).statusCode).not.toBe(429)
    }
    for (const url of urls) {
      const refused = await from('198.51.100.1', url)
      expect([refused.statusCode, refused.json().code, refused.headers['retry-after']]).toEqual([
        429,
        'rate-limited',
        '60',
      ])
      expect(refused.headers).not.toHaveProperty('ratelimit')
    }
    expect((await from('198.51.100.1', '/health/live')).statusCode).toBe(200)
    expect((await from('198.51.100.1', '/health/ready')).statusCode).toBe(200)
    expect((await from('198.51.100.2')).statusCode).toBe(200)
    time += 60_000
    expect((await from('198.51.100.1')).statusCode).toBe(200)
  })

  test('counts the whole network of an IPv6 address', async () => {
    for (let count = 0; count < 30; count++) await from(`2001:db8:1:2::${count}`)
    expect((await from('2001:db8:1:2:ffff::1')).statusCode).toBe(429)
    expect((await from('2001:db8:1:3::1')).statusCode).toBe(200)
  })

  test('ignores X-Forwarded-For from untrusted proxies', async () => {
    for (let count = 0; count < 30; count++) {
      await from('198.51.100.1', '/problems', { 'x-forwarded-for': `203.0.113.${count}` })
    }
    const headers = { 'x-forwarded-for': '203.0.113.99', forwarded: 'for=203.0.113.99', 'x-real-ip': '203.0.113.99' }
    expect((await from('198.51.100.1', '/problems', headers)).statusCode).toBe(429)
  })
})

describe('behind proxies', () => {
  beforeEach(() => open({ FOYER_TRUST_PROXY: '10.0.0.0/8, 2001:db8::1' }))

  const through = (remoteAddress: string, forwarded: string) =>
    foyer.app.inject({ url: '/problems', remoteAddress, headers: { 'x-forwarded-for': forwarded } })

  test('counts the address of the client', async () => {
    for (let count = 0; count < 31; count++) await through('10.1.2.3', '203.0.113.1')
    expect((await through('10.9.9.9', '203.0.113.1')).statusCode).toBe(429)
    expect((await through('2001:db8::1', '203.0.113.1, 10.1.1.1')).statusCode).toBe(429)
    expect((await through('10.1.2.3', '203.0.113.2')).statusCode).toBe(200)
  })

  test('ignores addresses that the client itself added', async () => {
    for (let count = 0; count < 31; count++) await through('10.1.2.3', `192.0.2.${count}, 203.0.113.1`)
    expect((await through('10.1.2.3', '192.0.2.200, 203.0.113.1')).statusCode).toBe(429)
  })

  test('ignores X-Forwarded-For from other addresses', async () => {
    for (let count = 0; count < 31; count++) await through('198.51.100.1', `203.0.113.${count}`)
    expect((await through('198.51.100.1', '203.0.113.200')).statusCode).toBe(429)
    expect((await through('10.1.2.3', '203.0.113.200')).statusCode).toBe(200)
  })
})

test('without a rate limit, only the hourly budget is counted', async () => {
  await open({ FOYER_RATE_LIMIT: 'off' })
  for (let count = 0; count < 50; count++) expect((await ask('web')).status).toBe(200)
  expect(getFields(await ask('web'))).toEqual([undefined, undefined])
  expect(getFields(await ask('web', '/properties/10101'))[0]).toMatch(/^"spacio-hour";q=950;w=3600,/)
})
