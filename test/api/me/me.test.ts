/** `GET /me` returns the caller with its scopes and grants, without an upstream call. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { type Sandbox, startSandbox } from '../../../sandbox/index.ts'
import { createEntry, everyScope, makeKey, writeClients, writeDocument } from '../../support/clients.ts'
import { connectAccount, openConnectedGateway, openSandbox, startAuthorization } from '../../support/connections.ts'
import { openGateway, type TestGateway } from '../../support/test-gateway.ts'
import {
  audienceName,
  issuerName,
  makeKeyPair,
  type PublishedKey,
  signToken,
  startTokenIssuer,
  type TokenIssuer,
} from '../../support/token-issuer.ts'

const now = new Date('2026-03-15T12:00:10Z')
const seconds = Math.floor(now.getTime() / 1000)

const keys = { web: makeKey(), operator: makeKey(), south: makeKey() }

let sandbox: Sandbox
let issuer: TokenIssuer
let signingKey: PublishedKey
let gateway: TestGateway

const tenantsFile = () => {
  const { spacio, liondesk } = sandbox
  const tenant = (id: string, clients: object[]) => ({
    id,
    spacio: { apiKey: spacio.apiKey, baseUrl: spacio.url },
    liondesk: {
      baseUrl: liondesk.url,
      connections: [
        { id: `${id}-one`, accessToken: liondesk.accessToken },
        { id: `${id}-two`, accessToken: liondesk.accessToken },
      ],
    },
    clients,
  })
  const grants = { brokerages: ['b1001', 'b1002'], agents: ['Agent1@Example.com'], connections: ['north-two'] }
  const everything = { brokerages: '*', teams: '*', agents: '*', connections: '*' } as const
  const web = { scopes: ['events:read', 'leads:read'], grants }
  return writeDocument({
    tenants: [
      tenant('north', [
        createEntry({ id: 'web', ...web }, keys.web),
        createEntry({ id: 'operator', scopes: everyScope, grants: everything }, keys.operator),
      ]),
      tenant('south', [createEntry({ id: 'web', scopes: [], grants: everything }, keys.south)]),
    ],
  })
}

beforeAll(async () => {
  sandbox = await startSandbox({ leads: 0 })
  issuer = await startTokenIssuer()
  signingKey = { kid: 'one', pair: await makeKeyPair(), alg: 'ES256' }
  issuer.publish([signingKey])
  gateway = await openGateway(
    { FOYER_AUTH: 'required', FOYER_TENANTS_FILE: tenantsFile(), FOYER_RATE_LIMIT: '100', ...issuer.env },
    { now: () => now },
  )
})

afterEach(() => {
  const { spacio, liondesk } = sandbox.control
  expect([...spacio.requests(), ...liondesk.requests()]).toEqual([])
})

afterAll(async () => {
  await gateway.close()
  await issuer.close()
  await sandbox.close()
})

const withKey = (client: keyof typeof keys) => gateway.get('/me', { 'x-api-key': keys[client] })

const withToken = async (claims: object = {}) => {
  const all = { iss: issuerName, aud: audienceName, sub: 'jo', exp: seconds + 300, tenant: 'north', ...claims }
  return gateway.get('/me', { authorization: `Bearer ${await signToken(signingKey, all)}` })
}

describe('an API key', () => {
  test('shows its client, with its scopes, its grants as lists, and its connections', async () => {
    const { status, body, headers } = await withKey('web')
    expect(status).toBe(200)
    expect(body).toEqual({
      client: 'web',
      tenant: 'north',
      authentication: 'api-key',
      scopes: ['leads:read', 'events:read'],
      grants: { brokerages: ['b1001', 'b1002'], teams: [], agents: ['agent1@example.com'], connections: ['north-two'] },
      connections: [{ id: 'north-two', status: 'connected' }],
      rateLimit: { limit: 100, remaining: expect.any(Number), resetsIn: 60 },
      expiresAt: null,
    })
    expect(headers['cache-control']).toBe('no-store')
  })

  test('shows a grant of everything as *, and all connections of its own tenant', async () => {
    const { body } = await withKey('operator')
    expect(body.grants).toEqual({ brokerages: '*', teams: '*', agents: '*', connections: '*' })
    expect(body.scopes).toEqual(everyScope)
    expect(body.connections.map(({ id }: { id: string }) => id)).toEqual(['north-one', 'north-two'])
  })

  test('shows nothing of another tenant, even to a client with the same id', async () => {
    const { body } = await withKey('south')
    expect(body).toMatchObject({ client: 'web', tenant: 'south', scopes: [] })
    expect(body.connections.map(({ id }: { id: string }) => id)).toEqual(['south-one', 'south-two'])
  })

  test('is told the limit that the RateLimit header names, and each request counts', async () => {
    const [first, second] = [await withKey('web'), await withKey('web')]
    expect(second.body.rateLimit.remaining).toBe(first.body.rateLimit.remaining - 1)
    expect(second.headers['ratelimit-policy']).toBe('"client";q=100;w=60')
    expect(second.headers.ratelimit).toBe(`"client";r=${second.body.rateLimit.remaining};t=60`)
  })
})

describe('a JWT', () => {
  test('shows its subject, scopes and grants, and the time of its exp claim', async () => {
    const { status, body } = await withToken({ scope: 'leads:read other', grants: { brokerages: ['b1'], teams: '*' } })
    expect(status).toBe(200)
    expect(body).toMatchObject({
      client: 'jwt:jo',
      tenant: 'north',
      authentication: 'jwt',
      scopes: ['leads:read'],
      grants: { brokerages: ['b1'], teams: '*', agents: [], connections: [] },
      connections: [],
      expiresAt: '2026-03-15T12:05:10Z',
    })
  })

  test('needs no scope and no grant', async () => {
    expect(await withToken()).toMatchObject({ status: 200, body: { scopes: [] } })
  })

  test('that expires after the year 9999 shows the last time that RFC 3339 can write', async () => {
    expect((await withToken({ exp: 1e15 })).body.expiresAt).toBe('9999-12-31T23:59:59Z')
  })

  test('that has expired gets 401', async () => {
    expect(await withToken({ exp: seconds - 60 })).toMatchObject({ status: 401, body: { code: 'unauthenticated' } })
  })
})

describe('wrong requests', () => {
  test.for<[string, Record<string, string>]>([
    ['no credentials', {}],
    ['an unknown key', { 'x-api-key': makeKey() }],
  ])('%s: 401, which no cache may store', async ([, sent]) => {
    const { status, body, headers } = await gateway.get('/me', sent)
    expect([status, body.code, headers['cache-control']]).toEqual([401, 'unauthenticated', 'no-store'])
  })

  test('an unknown parameter is 400', async () => {
    expect((await gateway.get('/me?tenant=south', { 'x-api-key': keys.web })).status).toBe(400)
  })
})

test('without authentication the caller is local, and may do and see everything', async () => {
  const open = await openGateway({ SPACIO_API_KEY: 'a', SPACIO_BASE_URL: sandbox.spacio.url, FOYER_AUTH: 'off' })
  const { status, body } = await open.get('/me')
  expect(status).toBe(200)
  expect(body).toEqual({
    client: 'local',
    tenant: 'default',
    authentication: 'off',
    scopes: everyScope,
    grants: { brokerages: '*', teams: '*', agents: '*', connections: '*' },
    connections: [],
    rateLimit: null,
    expiresAt: null,
  })
  await open.close()
})

test('connections that users made are shown to the client that began them, with their status', async () => {
  const ownSandbox = await openSandbox()
  const clients = writeClients({ ada: { scopes: everyScope }, ben: { scopes: everyScope } })
  const own = await openConnectedGateway(ownSandbox, { FOYER_AUTH: 'required', FOYER_CLIENTS_FILE: clients.path })
  const connected = await connectAccount(own, { headers: clients.headers('ada') })
  const { id: pending } = await startAuthorization(own, undefined, clients.headers('ada'))
  const getConnections = async (client: 'ada' | 'ben') =>
    (await own.get('/me', clients.headers(client))).body.connections
  const calls = ownSandbox.control.liondesk.requests().length
  expect(await getConnections('ada')).toEqual([
    { id: connected, status: 'connected' },
    { id: pending, status: 'pending' },
  ])
  expect(await getConnections('ben')).toEqual([])
  expect(ownSandbox.control.liondesk.requests()).toHaveLength(calls)
})
