/** The environment variables. Every error names its variable. */
import { describe, expect, test } from 'vitest'
import { ConfigError, type Environment, isLoopback, loadConfig } from '#src/config.ts'

const minimal = { SPACIO_API_KEY: 'key', FOYER_AUTH: 'off' }

const jwt = {
  FOYER_JWT_ISSUER: 'https://login.example.com/',
  FOYER_JWT_AUDIENCE: 'foyer',
  FOYER_JWT_JWKS_URL: 'https://login.example.com/keys.json',
}

test('the defaults', () => {
  expect(loadConfig(minimal)).toMatchObject({
    host: '127.0.0.1',
    port: 3000,
    publicUrl: null,
    logLevel: 'info',
    metricsPort: null,
    tracesUrl: null,
    tenants: [
      {
        id: 'default',
        spacio: { baseUrl: 'https://ws.spac.io', apiKey: 'key' },
        liondesk: { baseUrl: 'https://api-v2.liondesk.com', application: null, connections: [] },
        clients: [],
      },
    ],
  })
})

test('the whole value is frozen', () => {
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
    { given: { FOYER_FEED_FLOOR: '600' }, want: { feed: { minIntervalMs: 600_000, maxIntervalMs: 600_000 } } },
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
  [
    'metrics on a port of their own, traces',
    {
      given: { FOYER_METRICS_PORT: '9464', OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4318/' },
      want: { metricsPort: 9464, tracesUrl: 'http://127.0.0.1:4318' },
    },
  ],
  ['any free port for metrics', { given: { FOYER_METRICS_PORT: '0', PORT: '0' }, want: { metricsPort: 0 } }],
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
  ['FOYER_METRICS_PORT', 'on'],
  ['FOYER_METRICS_PORT', '65536'],
  ['FOYER_METRICS_PORT', '3000'],
  ['OTEL_EXPORTER_OTLP_ENDPOINT', '127.0.0.1:4318'],
  ['OTEL_EXPORTER_OTLP_ENDPOINT', 'grpc://canary'],
  ['OTEL_EXPORTER_OTLP_ENDPOINT', 'https://user:canary@collector.example.com'],
  ['FOYER_MAX_REPLICAS', '0'],
  ['FOYER_AUTH', 'OFF'],
  ['FOYER_AUTH', 'false'],
  ['FOYER_STORE_KEY', 'canary'],
  ['FOYER_STORE_KEY', `${Buffer.alloc(32).toString('base64')},canary`],
  ['FOYER_CORS_ORIGINS', '*'],
  ['FOYER_CORS_ORIGINS', 'https://*.example.com'],
  ['FOYER_CORS_ORIGINS', 'https://app.example.com,https://*.example.com'],
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

test('without a key for Spacio, the gateway does not start', () => {
  expect(() => loadConfig({})).toThrow(/^SPACIO_API_KEY is missing/)
})

test.for([
  '0.0.0.0',
  '::',
  '192.168.1.5',
  'example.com',
  '127.0.0.1.example.com',
  'localhost.example.com',
  '127.0.0.256',
  '::ffff:10.0.0.1',
])('authentication cannot be off on %s', (host) => {
  expect(() => loadConfig({ ...minimal, HOST: host })).toThrow(/^FOYER_AUTH can be off only where HOST is a loopback/)
  expect(loadConfig({ ...minimal, HOST: host, ...jwt, FOYER_AUTH: 'required' }).host).toBe(host)
})

test('authentication is required unless it is off, and then at least one client must exist', () => {
  const { FOYER_AUTH: _, ...rest } = minimal
  expect(() => loadConfig(rest)).toThrow(/^FOYER_AUTH is required, but no client is configured/)
  expect(loadConfig({ ...rest, ...jwt }).authentication).toBe('required')
})

test.for<[string, Environment]>([
  ['FOYER_JWT_ISSUER', { ...jwt, FOYER_JWT_ISSUER: '' }],
  ['FOYER_JWT_AUDIENCE', { ...jwt, FOYER_JWT_AUDIENCE: '' }],
  ['FOYER_JWT_JWKS_URL', { ...jwt, FOYER_JWT_JWKS_URL: '' }],
  ['FOYER_JWT_JWKS_URL', { ...jwt, FOYER_JWT_JWKS_URL: 'keys.json' }],
  ['FOYER_JWT_ALGORITHMS', { ...jwt, FOYER_JWT_ALGORITHMS: 'RS256,HS256' }],
  ['FOYER_JWT_ALGORITHMS', { ...jwt, FOYER_JWT_ALGORITHMS: 'none' }],
  ['LIONDESK_CLIENT_SECRET', { LIONDESK_CLIENT_ID: 'canary' }],
  ['LIONDESK_CLIENT_ID', { LIONDESK_CLIENT_SECRET: 'canary' }],
  ['LIONDESK_REFRESH_TOKEN', { LIONDESK_REFRESH_TOKEN: 'canary' }],
  ['LIONDESK_REFRESH_TOKEN', { LIONDESK_ACCESS_TOKEN: 'canary', LIONDESK_REFRESH_TOKEN: 'canary' }],
])('%s is refused by name where its companions do not fit', ([name, env]) => {
  const load = () => loadConfig({ ...minimal, ...env })
  expect(load).toThrow(new RegExp(`^${name} `))
  expect(load).not.toThrow(/canary/)
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
