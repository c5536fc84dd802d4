/** The messages for variables with small mistakes. */
import { globSync, readFileSync, writeFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { variables } from '#src/config/variables.ts'
import { ConfigError, type Environment, loadConfig } from '#src/config.ts'
import { writeDocument } from '../../support/clients.ts'

const root = `${import.meta.dirname}/../../..`

const minimal = { SPACIO_API_KEY: 'key', FOYER_AUTH: 'off' }

const getSentence = (env: Environment): string => {
  try {
    loadConfig({ ...minimal, ...env })
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigError)
    return (error as Error).message
  }
  return 'accepted'
}

test.for<[string, string]>([
  ['FOYER_RATELIMIT', 'FOYER_RATE_LIMIT'],
  ['FOYER_CLIENT_FILE', 'FOYER_CLIENTS_FILE'],
  ['FOYER_TRUSTED_PROXY', 'FOYER_TRUST_PROXY'],
  ['foyer_auth', 'FOYER_AUTH'],
  ['SPACIO_APIKEY', 'SPACIO_API_KEY'],
  ['SPACIO_URL', 'SPACIO_BASE_URL'],
  ['LIONDESK_TOKEN', 'LIONDESK_ACCESS_TOKEN'],
])('%s is unknown, and may have been meant as %s', ([name, meant]) => {
  const sentence = getSentence({ [name]: 'canary' })
  expect(sentence).toBe(`${name} is not a variable of Foyer: did you mean ${meant}?`)
})

test('a name that resembles no known one is rejected without a suggestion', () => {
  expect(getSentence({ FOYER_ENABLE_EXPERIMENTAL_MODE: '1' })).toBe(
    'FOYER_ENABLE_EXPERIMENTAL_MODE is not a variable of Foyer. The README lists all of them',
  )
})

test('other variables are ignored, and a tenants file may refer to any', () => {
  expect(getSentence({ PATH: '/bin', NODE_ENV: 'x', FOYERS: '1', MY_FOYER_AUTH: '1', FOYER_KEY: 'fk_x' })).toBe(
    'accepted',
  )
  const path = writeDocument({ tenants: [{ id: 'north', spacio: { apiKey: 'env:SPACIO_KEY_OF_NORTH' } }] })
  const env = { FOYER_TENANTS_FILE: path, SPACIO_KEY_OF_NORTH: 'key', FOYER_AUTH: 'off' }
  expect(loadConfig(env).tenants).toMatchObject([{ spacio: { apiKey: 'key' } }])
})

test('the variables that Kubernetes sets for a Service are ignored, unless they hide a setting', () => {
  const links = {
    FOYER_SERVICE_HOST: '10.0.0.1',
    FOYER_SERVICE_PORT: '3000',
    FOYER_SERVICE_PORT_HTTP: '3000',
    FOYER_PORT: 'tcp://10.0.0.1:3000',
    FOYER_PORT_3000_TCP: 'tcp://10.0.0.1:3000',
    FOYER_PORT_3000_TCP_ADDR: '10.0.0.1',
  }
  expect(getSentence(links)).toBe('accepted')
  expect(getSentence({ FOYER_PORT: '3000' })).toMatch(/^FOYER_PORT is not a variable of Foyer/)
  expect(getSentence({ ...links, FOYER_METRICS_PORT: 'tcp://10.0.0.2:9464' })).toBe(
    "FOYER_METRICS_PORT was set by Kubernetes for the Service foyer-metrics. Set enableServiceLinks: false in the pod's " +
      'spec, or rename the Service',
  )
})

test.for<[string, string]>([
  ['SPACIO_API_KEY', '"canary"'],
  ['SPACIO_API_KEY', "'canary'"],
  ['LIONDESK_ACCESS_TOKEN', '"canary"'],
  ['HOST', '"127.0.0.1"'],
  ['FOYER_STORE_URL', '"memory:"'],
  ['FOYER_CLIENTS_FILE', '"canary.json"'],
])('%s=%s: the quotation marks are named as the cause', ([name, value]) => {
  const sentence = getSentence({ [name]: value })
  expect(sentence).toMatch(new RegExp(`^${name} is wrapped in quotation marks`))
  expect(sentence).not.toContain('canary')
})

test('a byte order mark before the first variable of a file is named as the cause', () => {
  expect(getSentence({ '\uFEFFFOYER_RATE_LIMIT': '5' })).toMatch(/^FOYER_RATE_LIMIT follows a byte order mark/)
})

test.for<[string, RegExp]>([
  ['[::1]', /^HOST must be without brackets: ::1$/],
  ['http://127.0.0.1', /^HOST must be an IP address or a host name/],
  ['127.0.0.1:3000', /^HOST must be an IP address or a host name/],
  ['[localhost]', /^HOST must be an IP address or a host name/],
])('HOST=%s', ([value, sentence]) => {
  expect(getSentence({ HOST: value })).toMatch(sentence)
})

test('a wrong base URL is reported for its variable, not for the tenants file', () => {
  const path = writeDocument({ tenants: [{ id: 'north', spacio: { apiKey: 'k' } }] })
  const load = (env: Environment) => () => loadConfig({ FOYER_TENANTS_FILE: path, ...env })
  expect(load({ SPACIO_BASE_URL: 'ws.spac.io' })).toThrow(/^SPACIO_BASE_URL must be an absolute/)
  expect(load({ LIONDESK_BASE_URL: 'nope' })).toThrow(/^LIONDESK_BASE_URL must be an absolute/)
})

const withBytes = (bytes: string | Uint8Array) => {
  const path = writeDocument({})
  writeFileSync(path, bytes)
  return getSentence({ FOYER_CLIENTS_FILE: path })
}

test.for<[string, string | Uint8Array, RegExp]>([
  ['a BOM', '\uFEFF{"clients": []}', /begins with a byte order mark \(BOM\)\. Save it as UTF-8 without BOM$/],
  ['UTF-16', Buffer.from('\uFEFF{"clients": []}', 'utf16le'), /that is UTF-16\. Save it as UTF-8$/],
  ['a comma too many', '{\n  "clients": [\n    {"id": "canary"},\n  ]\n}', /not JSON: .*, line 4, column 3$/],
  ['a missing comma', '{"clients": [{"id": "canary"\r\n"scopes": []}]}', /not JSON: .*, line 2, column 1$/],
  ['the end is missing', '{"clients": [\n{"id": "canary"}', /not JSON: .*, line 2, column 17$/],
  ['a comment', '// canary\n{}', /not JSON: .*, line 1, column 1$/],
  ['something behind it', '{"clients": []}\n\ncanary', /not JSON: .*, line 3, column 1$/],
  ['nothing', '', /not JSON: .*, line 1, column 1$/],
])('a clients file with %s', ([, bytes, sentence]) => {
  const said = withBytes(bytes)
  expect(said).toMatch(/^FOYER_CLIENTS_FILE names a file/)
  expect(said).toMatch(sentence)
  expect(said).not.toContain('canary')
})

test('every variable that the configuration reads is known and in the README, and no others are', () => {
  const sources = globSync('src/config{.ts,/*.ts}', { cwd: root }).filter((name) => !name.endsWith('/variables.ts'))
  const findNames = (text: string): string[] => text.match(/\b(FOYER|SPACIO|LIONDESK)_[A-Z_]*[A-Z]\b/g) ?? []
  const read = new Set(sources.flatMap((name) => findNames(readFileSync(`${root}/${name}`, 'utf8'))))
  expect([...read].sort()).toEqual([...variables].sort())
  const [, table = ''] = /\n\| variable \|.*?\n([\s\S]*?)\n\n/.exec(readFileSync(`${root}/README.md`, 'utf8')) ?? []
  expect([...new Set(findNames(table))].sort()).toEqual([...variables].sort())
})

test('.env.example names variables that are known', () => {
  const lines = readFileSync(`${root}/.env.example`, 'utf8').match(/^#?[A-Z_]+=.*$/gm) ?? []
  expect(lines.length).toBeGreaterThan(10)
  const names = lines.map((line) => line.replace(/^#|=.*$/g, ''))
  expect(names.filter((name) => !['HOST', 'PORT', 'LOG_LEVEL', ...variables].includes(name))).toEqual([])
})

test.for<[Environment, object | null]>([
  [{}, null],
  [{ NO_PROXY: '*' }, null],
  [{ HTTP_PROXY: '' }, null],
  [
    { HTTPS_PROXY: 'http://proxy:3128', NO_PROXY: 'a.example.com, .example.org' },
    { http: '', https: 'http://proxy:3128', none: 'a.example.com, .example.org' },
  ],
  [
    { https_proxy: 'proxy:3128', HTTPS_PROXY: 'http://other:1', http_proxy: 'https://user:pass@proxy' },
    { http: 'https://user:pass@proxy', https: 'http://proxy:3128', none: '' },
  ],
])('proxies: %j', ([env, want]) => {
  expect(loadConfig({ ...minimal, ...env }).proxy).toEqual(want)
})

test.for(['socks5://canary:1080', 'http://', 'canary proxy'])('HTTPS_PROXY=%s is refused', (value) => {
  expect(getSentence({ HTTPS_PROXY: value })).toMatch(/^HTTPS_PROXY must be the http or https URL of a proxy/)
  expect(getSentence({ HTTPS_PROXY: value })).not.toContain('canary')
})
