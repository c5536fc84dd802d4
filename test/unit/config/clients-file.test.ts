/** The tenants and clients files: valid files, and the messages for invalid ones. */
import { writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { ConfigError, type Environment, loadConfig } from '#src/config.ts'
import { createEntry, hashKey, makeKey, writeDocument } from '../../support/clients.ts'

const key = makeKey()
const client = { id: 'web', scopes: ['leads:read'] }
const entry = createEntry(client, key)
const tenant = { id: 'north', spacio: { apiKey: 'secret' }, clients: [entry] }

const withClients = (document: unknown, env: Environment = {}) =>
  loadConfig({ SPACIO_API_KEY: 'key', FOYER_CLIENTS_FILE: writeDocument(document), ...env })

const withTenants = (document: unknown, env: Environment = {}) =>
  loadConfig({ FOYER_TENANTS_FILE: writeDocument(document), ...env })

test('a client: hashes, scopes, and grants, of which nothing is granted that is not named', () => {
  const grants = { brokerages: ['b1'], agents: ['Jo@Example.com'], teams: '*' }
  const other = { id: 'app', keyHashes: [hashKey('a').toUpperCase(), hashKey('b')], scopes: [], grants }
  const [tenant] = withClients({ clients: [entry, other] }).tenants
  expect(tenant?.clients).toEqual([
    {
      id: 'web',
      keyHashes: [hashKey(key)],
      scopes: ['leads:read'],
      grants: { brokerages: new Set(), teams: new Set(), agents: new Set(), connections: new Set() },
    },
    {
      id: 'app',
      keyHashes: [hashKey('a'), hashKey('b')],
      scopes: [],
      grants: { brokerages: new Set(['b1']), teams: '*', agents: new Set(['jo@example.com']), connections: new Set() },
    },
  ])
})

test('tenants: defaults, and secrets that stand elsewhere', () => {
  const path = writeDocument({
    tenants: [
      {
        id: 'north',
        spacio: { apiKey: 'env:NORTH_KEY', hourlyBudget: 500 },
        liondesk: {
          clientId: 'app',
          clientSecret: 'file:secret.txt',
          connections: [
            { id: 'main', accessToken: 'env:NORTH_TOKEN' },
            { id: 'other', clientId: 'app', clientSecret: 'file:secret.txt', refreshToken: 'refresh' },
          ],
        },
        clients: [entry],
      },
      { id: 'south', spacio: { apiKey: 'south', baseUrl: 'https://spacio.example.com/' } },
    ],
  })
  writeFileSync(join(dirname(path), 'secret.txt'), 'from-a-file\n')
  const { tenants } = loadConfig({ FOYER_TENANTS_FILE: path, NORTH_KEY: 'k1', NORTH_TOKEN: 't1' })
  expect(tenants).toMatchObject([
    {
      id: 'north',
      spacio: { apiKey: 'k1', baseUrl: 'https://ws.spac.io', hourlyBudget: 500 },
      liondesk: {
        baseUrl: 'https://api-v2.liondesk.com',
        application: { clientId: 'app', clientSecret: 'from-a-file' },
        connections: [
          { id: 'main', accessToken: 't1' },
          { id: 'other', clientId: 'app', clientSecret: 'from-a-file', refreshToken: 'refresh' },
        ],
      },
    },
    {
      id: 'south',
      spacio: { apiKey: 'south', baseUrl: 'https://spacio.example.com', hourlyBudget: 12_000 },
      liondesk: { application: null, connections: [] },
      clients: [],
    },
  ])
})

const clientWith = (more: object) => ({ clients: [{ ...entry, ...more }] })

test.for<[string, unknown, RegExp]>([
  ['no clients', {}, /the document must have required property 'clients'/],
  ['a mistyped word', clientWith({ scope: [] }), /clients\/0 must NOT have additional properties: scope/],
  ['an unknown scope', clientWith({ scopes: ['leads:write'] }), /clients\/0\/scopes\/0 must be/],
  ['a key in place of its hash', clientWith({ keyHash: key }), /clients\/0\/keyHash must match pattern/],
  ['no key', { clients: [client] }, /client web must have one key hash, or two/],
  ['three keys', clientWith({ keyHashes: [hashKey('a'), hashKey('b')] }), /client web must have one key hash, or two/],
  [
    'a grant that is not a list',
    clientWith({ grants: { brokerages: 'b1001' } }),
    /clients\/0\/grants\/brokerages must/,
  ],
  ['an unknown grant', clientWith({ grants: { sids: '*' } }), /must NOT have additional properties: sids/],
  [
    'one client twice',
    { clients: [entry, createEntry(client, makeKey())] },
    /contains client web of tenant default twice/,
  ],
  ['one key twice', { clients: [entry, { ...entry, id: 'app' }] }, /contains a key hash twice/],
])('clients: %s', ([, document, message]) => {
  const load = () => withClients(document)
  expect(load).toThrow(ConfigError)
  expect(load).toThrow(/^FOYER_CLIENTS_FILE /)
  expect(load).toThrow(message)
  expect(load).not.toThrow(new RegExp(key))
})

const tenantWith = (more: object) => ({ tenants: [{ ...tenant, ...more }] })

test.for<[string, unknown, RegExp]>([
  ['an id that is no id', tenantWith({ id: 'north pole' }), /tenants\/0\/id must match/],
  ['no key for Spacio', tenantWith({ spacio: {} }), /tenants\/0\/spacio must have required property 'apiKey'/],
  [
    'a variable that is not set',
    tenantWith({ spacio: { apiKey: 'env:NOBODY' } }),
    /tenant north: spacio.apiKey refers/,
  ],
  ['a missing file', tenantWith({ spacio: { apiKey: 'file:nowhere' } }), /tenant north: spacio.apiKey refers/],
  ['a key with a space', tenantWith({ spacio: { apiKey: 'canary key' } }), /spacio.apiKey must be printable ASCII/],
  ['no URL', tenantWith({ spacio: { apiKey: 'k', baseUrl: 'canary' } }), /spacio.baseUrl must be an absolute http/],
  ['half an application', tenantWith({ liondesk: { clientId: 'canary' } }), /liondesk has only one of/],
  ['a tenant twice', { tenants: [tenant, { ...tenant, clients: [] }] }, /contains tenant north twice/],
  ['a key of two tenants', { tenants: [tenant, { ...tenant, id: 'south' }] }, /contains a key hash twice/],
  [
    'a connection twice',
    tenantWith({ liondesk: { connections: [1, 2].map(() => ({ id: 'main', accessToken: 'canary' })) } }),
    /contains connection main of tenant north twice/,
  ],
  [
    'half a connection',
    tenantWith({ liondesk: { connections: [{ id: 'main', refreshToken: 'canary' }] } }),
    /tenants\/0\/liondesk\/connections\/0 must/,
  ],
])('tenants: %s', ([, document, message]) => {
  const load = () => withTenants(document)
  expect(load).toThrow(ConfigError)
  expect(load).toThrow(/^FOYER_TENANTS_FILE /)
  expect(load).toThrow(message)
  expect(load).not.toThrow(/canary/)
})

test.for<[string, Environment, RegExp]>([
  ['a missing file', { FOYER_CLIENTS_FILE: '/nowhere/clients.json' }, /^FOYER_CLIENTS_FILE .*\(ENOENT\)/],
  [
    'variables beside a file of tenants',
    { FOYER_TENANTS_FILE: 'x' },
    /^SPACIO_API_KEY cannot be set together with FOYER_TEN/,
  ],
])('%s', ([, env, message]) => {
  expect(() => loadConfig({ SPACIO_API_KEY: 'key', ...env })).toThrow(message)
})

test('a file with invalid JSON is rejected without quoting it', () => {
  const path = writeDocument({})
  writeFileSync(path, '{"tenants": [{"id": "canary", ')
  const load = () => loadConfig({ FOYER_TENANTS_FILE: path })
  expect(load).toThrow(/^FOYER_TENANTS_FILE names a file that is not JSON/)
  expect(load).not.toThrow(/canary/)
})

test('a file without clients or tenants is valid, so that removed clients lose access', () => {
  expect(withClients({ clients: [] }).tenants).toMatchObject([{ id: 'default', clients: [] }])
  expect(withTenants({ tenants: [] }).tenants).toEqual([])
})

test('an empty variable is not an address, also in a tenants file', () => {
  const [first] = withTenants({ tenants: [tenant] }, { SPACIO_BASE_URL: '', LIONDESK_BASE_URL: ' ' }).tenants
  expect(first).toMatchObject({ spacio: { baseUrl: 'https://ws.spac.io' } })
})

test('without authentication, the tenant would be unknown', () => {
  const load = () => withTenants({ tenants: [tenant, { id: 'south', spacio: { apiKey: 'k' } }] }, { FOYER_AUTH: 'off' })
  expect(load).toThrow(/^FOYER_AUTH cannot be off with several tenants/)
})
