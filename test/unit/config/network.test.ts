/** The network settings. Every error names its variable. */
import { expect, test } from 'vitest'
import { loadConfig } from '#src/config.ts'

const load = (env: Record<string, string>) => loadConfig({ SPACIO_API_KEY: 'key', FOYER_AUTH: 'off', ...env })

test.for<[string, number | null]>([
  ['', 6000],
  ['1', 1],
  ['600', 600],
  ['off', null],
])('FOYER_RATE_LIMIT=%s', ([value, want]) => {
  expect(load({ FOYER_RATE_LIMIT: value }).rateLimit).toBe(want)
})

test.for(['0', '-1', '1.5', '1e3', 'OFF', 'none', '1000001'])('FOYER_RATE_LIMIT=%s is refused', (value) => {
  expect(() => load({ FOYER_RATE_LIMIT: value })).toThrow(/^FOYER_RATE_LIMIT must be/)
})

test('proxies are addresses and ranges', () => {
  const list = '10.0.0.0/8, 192.0.2.1,::1, 2001:db8::/32,0.0.0.0/0'
  expect(load({ FOYER_TRUST_PROXY: list }).trustedProxies).toEqual(list.split(/, ?/))
  expect(load({}).trustedProxies).toEqual([])
})

test.for([
  'true',
  '*',
  'loopback',
  'proxy.example',
  '10.0.0.0/33',
  '::/129',
  '10.0.0/8',
  '10.0.0.0/8/8',
  '10.0.0.0/',
  '10.0.0.0/-1',
  '1',
  'fe80::1%eth0',
])('FOYER_TRUST_PROXY=%s is refused', (value) => {
  expect(() => load({ FOYER_TRUST_PROXY: value })).toThrow(/^FOYER_TRUST_PROXY must be/)
})

const demoKey = `fk_demo_${'x'.repeat(38)}`

test('the documentation page shows a demo key only on a loopback address', () => {
  const withAuth = {
    FOYER_AUTH: 'required',
    FOYER_JWT_ISSUER: 'i',
    FOYER_JWT_AUDIENCE: 'a',
    FOYER_JWT_JWKS_URL: 'https://a',
  }
  expect(load({}).demoKey).toBe(null)
  expect(load({ FOYER_DEMO_KEY: demoKey }).demoKey).toBe(demoKey)
  for (const HOST of ['0.0.0.0', '::', '192.0.2.1', 'foyer.example']) {
    expect(() => load({ ...withAuth, HOST, FOYER_DEMO_KEY: demoKey })).toThrow(
      /^FOYER_DEMO_KEY can be set only if HOST/,
    )
    expect(load({ ...withAuth, HOST }).demoKey).toBe(null)
  }
})

test.for([`fk_${'x'.repeat(43)}`, 'fk_demo_', `${demoKey}x`, `fk_demo_'${'x'.repeat(37)}`])(
  'rejects FOYER_DEMO_KEY=%s, which is not a demo key',
  (value) => {
    expect(() => load({ FOYER_DEMO_KEY: value })).toThrow(/^FOYER_DEMO_KEY must be a demo key/)
  },
)
