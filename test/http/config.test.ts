/** What the environment may say; every error names its variable. */
import { describe, expect, test } from 'vitest'
import { ConfigError, type Environment, isLoopback, loadConfig } from '#src/config.ts'

const minimal = { SPACIO_API_KEY: 'key' }

test('the defaults', () => {
  expect(loadConfig(minimal)).toMatchObject({
    host: '127.0.0.1',
    port: 3000,
    publicUrl: null,
    logLevel: 'info',
    tenants: [
      {
        id: 'default',
        spacio: { baseUrl: 'https://ws.spac.io', apiKey: 'key' },
        liondesk: { baseUrl: 'https://api-v2.liondesk.com', accessToken: null },
      },
    ],
  })
})

test('the whole of it is frozen', () => {
  const config = loadConfig(minimal)
  const isFrozen = (value: unknown): boolean =>
    typeof value !== 'object' || value === null || (Object.isFrozen(value) && Object.values(value).every(isFrozen))
  expect(isFrozen(config)).toBe(true)
})

test.for<[string, { given: Environment; want: object }]>([
  ['a port of 0', { given: { PORT: '0' }, want: { port: 0 } }],
  ['spaces around', { given: { PORT: ' 8080 ', HOST: ' localhost ' }, want: { port: 8080, host: 'localhost' } }],
  [
    'empty counts as unset',
    { given: { PORT: '', HOST: ' ', LOG_LEVEL: '' }, want: { port: 3000, host: '127.0.0.1', logLevel: 'info' } },
  ],
  [
    'several keys, several origins',
    {
      given: {
        FOYER_STORE_KEY: [1, 2].map((byte) => Buffer.alloc(32, byte).toString('base64')).join(','),
        FOYER_CORS_ORIGINS: 'https://a.example.com, http://127.0.0.1:3010',
      },
      want: { corsOrigins: ['https://a.example.com', 'http://127.0.0.1:3010'] },
    },
  ],
  [
    'a floor above the usual ceiling',
    { given: { FOYER_FEED_FLOOR: '600' }, want: { feed: { floor: 600_000, ceiling: 600_000 } } },
  ],
  ['authentication off', { given: { FOYER_AUTH: 'off' }, want: { host: '127.0.0.1' } }],
  ['IPv6 loopback', { given: { HOST: '::1' }, want: { host: '::1' } }],
  [
    'a public URL',
    {
      given: { FOYER_PUBLIC_URL: 'https://api.example.com/foyer//' },
      want: { publicUrl: 'https://api.example.com/foyer' },
    },
  ],
  ['silence', { given: { LOG_LEVEL: 'silent' }, want: { logLevel: 'silent' } }],
])('%s', ([, { given, want }]) => {
  expect(loadConfig({ ...minimal, ...given })).toMatchObject(want)
})

test.for<[keyof Environment & string, string]>([
  ['SPACIO_API_KEY', ''],
  ['SPACIO_API_KEY', '  '],
  ['SPACIO_API_KEY', 'canary key'],
  ['SPACIO_API_KEY', 'canary\nkey'],
  ['SPACIO_API_KEY', 'canaryé'],
  ['LIONDESK_ACCESS_TOKEN', 'canary token'],
  ['LIONDESK_ACCESS_TOKEN', 'canary\r\nx: y'],
  ['SPACIO_BASE_URL', 'ws.spac.io'],
  ['SPACIO_BASE_URL', 'canary'],
  ['SPACIO_BASE_URL', 'ftp://ws.spac.io'],
  ['SPACIO_BASE_URL', 'file:///etc/passwd'],
  ['SPACIO_BASE_URL', 'https://user:canary@ws.spac.io'],
  ['SPACIO_BASE_URL', 'https://ws.spac.io?key=canary'],
  ['SPACIO_BASE_URL', 'https://ws.spac.io#canary'],
  ['LIONDESK_BASE_URL', 'nope'],
  ['LIONDESK_BASE_URL', 'javascript:alert(1)'],
  ['FOYER_PUBLIC_URL', 'api.example.com'],
  ['FOYER_PUBLIC_URL', '//api.example.com'],
  ['PORT', 'http'],
  ['PORT', '-1'],
  ['PORT', '65536'],
  ['PORT', '80.5'],
  ['PORT', '0x50'],
  ['PORT', '1e3'],
  ['LOG_LEVEL', 'loud'],
  ['HOST', '0.0.0.0'],
  ['HOST', '::'],
  ['HOST', '192.168.1.5'],
  ['HOST', 'example.com'],
  ['HOST', '127.0.0.1.example.com'],
  ['HOST', 'localhost.example.com'],
  ['HOST', '127.0.0.256'],
  ['HOST', '::ffff:10.0.0.1'],
  ['FOYER_AUTH', 'required'],
  ['FOYER_AUTH', 'OFF'],
  ['FOYER_AUTH', 'false'],
  ['FOYER_STORE_KEY', 'canary'],
  ['FOYER_STORE_KEY', `${Buffer.alloc(32).toString('base64')},canary`],
  ['FOYER_CORS_ORIGINS', '*'],
  ['FOYER_CORS_ORIGINS', 'https://app.example.com/'],
  ['FOYER_CORS_ORIGINS', 'app.example.com'],
  ['SPACIO_PAGING', 'guess'],
  ['SPACIO_HOURLY_BUDGET', '0'],
  ['SPACIO_HOURLY_BUDGET', '1e4'],
  ['FOYER_FEED_LOOKBACK_DAYS', '0'],
  ['FOYER_FEED_FLOOR', '-1'],
  ['FOYER_FEED_CEILING', '9'],
])('%s=%j is refused by name', ([name, value]) => {
  const load = () => loadConfig({ ...minimal, [name]: value })
  expect(load).toThrow(ConfigError)
  expect(load).toThrow(new RegExp(`^${name} `))
  expect(load).not.toThrow(/canary/)
})

test('without a key for Spacio nothing starts', () => {
  expect(() => loadConfig({})).toThrow(/^SPACIO_API_KEY is missing/)
})

describe('loopback', () => {
  test.for<[string, boolean]>([
    ['127.0.0.1', true],
    ['127.255.255.254', true],
    ['localhost', true],
    ['::1', true],
    ['0.0.0.0', false],
    ['127.1', false],
    ['127.0.0.999', false],
    ['128.0.0.1', false],
    ['', false],
  ])('%s: %s', ([host, want]) => {
    expect(isLoopback(host)).toBe(want)
  })
})
