/** Bearer tokens, verified with the keys of a real server. */
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { exportJWK, generateKeyPair, type JWTHeaderParameters, type JWTPayload, SignJWT, UnsecuredJWT } from 'jose'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { writeDocument } from '../../support/clients.ts'
import { openSandboxAndGateway, type SandboxGateway } from '../../support/test-gateway.ts'

const issuer = 'https://login.example.com/'
const audience = 'foyer'

type KeyPair = Awaited<ReturnType<typeof generateKeyPair>>

let first: KeyPair
let second: KeyPair
let published: { kid: string; pair: KeyPair; alg: string }[]
let receivedRequests = 0
let isDown = false
let server: Server
let foyer: SandboxGateway
/** The number of seconds by which the gateway's clock is ahead. */
let ahead = 0

beforeAll(async () => {
  first = await generateKeyPair('ES256', { extractable: true })
  second = await generateKeyPair('ES256', { extractable: true })
  published = [{ kid: 'one', pair: first, alg: 'ES256' }]
  server = createServer(async (_request, response) => {
    receivedRequests += 1
    if (isDown) return response.writeHead(500).end()
    const keys = await Promise.all(
      published.map(async ({ kid, pair, alg }) => ({ ...(await exportJWK(pair.publicKey)), kid, alg, use: 'sig' })),
    )
    return response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ keys }))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  foyer = await open({})
})
beforeEach(() => foyer.sandbox.control.clearRequests())
afterAll(async () => {
  await foyer.close()
  server.close()
})

const open = (env: Record<string, string>) =>
  openSandboxAndGateway({
    now: () => new Date(Date.now() + ahead * 1000),
    env: {
      FOYER_AUTH: 'required',
      FOYER_JWT_ISSUER: issuer,
      FOYER_JWT_AUDIENCE: audience,
      FOYER_JWT_JWKS_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}/keys`,
      ...env,
    },
  })

const seconds = (offset = 0): number => Math.floor(Date.now() / 1000) + offset

const grants = { brokerages: ['b1001'] }

const good = (): JWTPayload => ({
  iss: issuer,
  aud: audience,
  sub: 'jo',
  exp: seconds(300),
  scope: 'leads:read properties:read nonsense',
  grants,
})

const sign = (payload: JWTPayload, header: Partial<JWTHeaderParameters> = {}, pair = first): Promise<string> =>
  new SignJWT(payload).setProtectedHeader({ alg: 'ES256', kid: 'one', ...header }).sign(pair.privateKey)

const ask = (token: string, url = '/leads?brokerageId=b1001&limit=1') =>
  foyer.get(url, { authorization: `Bearer ${token}` })

test('a valid token gives access to its scopes and grants only', async () => {
  const token = await sign(good())
  expect((await ask(token)).status).toBe(200)
  expect((await ask(token, '/leads?brokerageId=b1002')).status).toBe(403)
  expect((await ask(token, '/brokerages/b1001/agents')).status).toBe(403)
  expect((await foyer.get('/leads?brokerageId=b1001', { authorization: `bearer   ${token}` })).status).toBe(200)
})

test('a subject may have 255 characters', async () => {
  expect((await ask(await sign({ ...good(), sub: 'x'.repeat(255) }))).status).toBe(200)
})

test('scopes may be a list', async () => {
  expect((await ask(await sign({ ...good(), scope: ['leads:read'] }))).status).toBe(200)
})

const without = (claim: string): JWTPayload => {
  const { [claim]: _, ...rest } = good()
  return rest
}

test.for<[string, () => Promise<string>]>([
  ['another audience', () => sign({ ...good(), aud: 'other' })],
  ['no audience', () => sign(without('aud'))],
  ['another issuer', () => sign({ ...good(), iss: 'https://evil.example.com/' })],
  ['no issuer', () => sign(without('iss'))],
  ['no end', () => sign(without('exp'))],
  ['an end that is no number', () => sign({ ...good(), exp: 'tomorrow' as unknown as number })],
  ['expired', () => sign({ ...good(), exp: seconds(-31) })],
  ['not yet valid', () => sign({ ...good(), nbf: seconds(60) })],
  ['no subject', () => sign(without('sub'))],
  ['an empty subject', () => sign({ ...good(), sub: '' })],
  ['a subject that is no text', () => sign({ ...good(), sub: 7 as unknown as string })],
  ['a subject of 256 characters', () => sign({ ...good(), sub: 'x'.repeat(256) })],
  ['an unknown key', () => sign(good(), { kid: 'two' }, second)],
  ['a known key id, another key', () => sign(good(), {}, second)],
  ['a critical extension', () => sign(good(), { crit: ['x'], x: 1 } as never).catch(() => 'a.b.c')],
  ['another tenant', () => sign({ ...good(), tenant: 'other' })],
  ['a tenant that is no text', () => sign({ ...good(), tenant: 7 })],
  ['grants that cannot be read', () => sign({ ...good(), grants: { brokerages: 'b1001' } })],
  ['grants that are a list', () => sign({ ...good(), grants: ['b1001'] })],
  ['alg none', async () => new UnsecuredJWT(good()).encode()],
  [
    'a secret in place of a key',
    async () =>
      new SignJWT(good())
        .setProtectedHeader({ alg: 'HS256', kid: 'one' })
        .sign(new TextEncoder().encode('x'.repeat(32))),
  ],
  [
    'the public key as a secret',
    async () => {
      const jwk = await exportJWK(first.publicKey)
      return new SignJWT(good())
        .setProtectedHeader({ alg: 'HS256', kid: 'one' })
        .sign(new TextEncoder().encode(JSON.stringify(jwk)))
    },
  ],
  [
    'a changed payload',
    async () => {
      const [header, , signature] = (await sign(good())).split('.')
      const payload = Buffer.from(JSON.stringify({ ...good(), grants: { brokerages: '*' } })).toString('base64url')
      return `${header}.${payload}.${signature}`
    },
  ],
  ['no token', async () => 'nonsense'],
  ['nothing', async () => ''],
])('%s: 401 without an upstream call', async ([, make]) => {
  const reply = await ask(await make())
  expect(reply).toMatchObject({ status: 401, body: { code: 'unauthenticated' } })
  expect(foyer.sandbox.control.spacio.requests()).toEqual([])
})

test('tolerates a clock difference of 30 seconds', async () => {
  expect((await ask(await sign({ ...good(), exp: seconds(-20) }))).status).toBe(200)
  expect((await ask(await sign({ ...good(), nbf: seconds(20) }))).status).toBe(200)
})

test('another authentication scheme is a wrong credential', async () => {
  for (const authorization of ['Basic am86am8=', 'Bearer', 'Token abc', `Bearer ${await sign(good())} x`]) {
    const { status, body } = await foyer.get('/leads?brokerageId=b1001', { authorization })
    expect([status, body.detail]).toEqual([
      401,
      'The credentials are not a signed JWT. Send Authorization: Bearer JWT, or an API key in X-API-Key.',
    ])
  }
})

test('a key and a token together: 401', async () => {
  const headers = { authorization: `Bearer ${await sign(good())}`, 'x-api-key': 'fk_x' }
  expect((await foyer.get('/leads?brokerageId=b1001', headers)).status).toBe(401)
})

test('after a key rotation, the new key works immediately and the old one is rejected', async () => {
  const house2 = await open({})
  const call = (token: string) => house2.get('/leads?brokerageId=b1001', { authorization: `Bearer ${token}` })
  try {
    const old = await sign(good())
    expect((await call(old)).status).toBe(200)
    published = [{ kid: 'two', pair: second, alg: 'ES256' }]
    const fresh = await sign(good(), { kid: 'two' }, second)
    // The gateway fetches the key set at most every five seconds.
    expect((await call(fresh)).status).toBe(401)
    ahead = 5
    expect((await call(fresh)).status).toBe(200)
    expect((await call(old)).status).toBe(401)
  } finally {
    ahead = 0
    published = [{ kid: 'one', pair: first, alg: 'ES256' }]
    await house2.close()
  }
})

test('forged key ids do not cause a fetch each time', async () => {
  const before = receivedRequests
  for (let index = 0; index < 5; index += 1) await ask(await sign(good(), { kid: `forged-${index}` }, second))
  expect(receivedRequests - before).toBeLessThanOrEqual(1)
})

test('unavailable keys: 503, which does not blame the token', async () => {
  isDown = true
  const house2 = await open({})
  try {
    const reply = await house2.get('/leads?brokerageId=b1001', { authorization: `Bearer ${await sign(good())}` })
    expect(reply).toMatchObject({ status: 503, body: { code: 'upstream-unavailable' } })
    expect(reply.headers['retry-after']).toBe('5')
  } finally {
    isDown = false
    await house2.close()
  }
})

test('with several tenants, a token must name its tenant', async () => {
  const tenants = ['north', 'south'].map((id) => ({ id, spacio: { apiKey: 'env:KEY' } }))
  const house2 = await open({
    SPACIO_API_KEY: '',
    LIONDESK_ACCESS_TOKEN: '',
    FOYER_TENANTS_FILE: writeDocument({ tenants }),
    KEY: 'sandbox-spacio-key',
  })
  const call = async (payload: JWTPayload) =>
    (await house2.get('/leads?brokerageId=b1001', { authorization: `Bearer ${await sign(payload)}` })).status
  try {
    expect(await call({ ...good(), tenant: 'north' })).toBe(200)
    expect(await call({ ...good(), tenant: 'east' })).toBe(401)
    expect(await call(good())).toBe(401)
  } finally {
    await house2.close()
  }
})

test('the names of the claims can be configured', async () => {
  const house2 = await open({
    FOYER_JWT_SCOPE_CLAIM: 'scp',
    FOYER_JWT_GRANTS_CLAIM: 'https://example.com/grants',
    FOYER_JWT_SUBJECT_CLAIM: 'oid',
  })
  const payload: JWTPayload = {
    ...without('scope'),
    scp: 'leads:read',
    oid: 'x1',
    'https://example.com/grants': grants,
  }
  const { grants: _, ...named } = payload
  const call = async (claims: JWTPayload) =>
    (await house2.get('/leads?brokerageId=b1001', { authorization: `Bearer ${await sign(claims)}` })).status
  try {
    expect(await call(named)).toBe(200)
    expect(await call(good())).toBe(401)
  } finally {
    await house2.close()
  }
})

test('a token that expires while the gateway runs is rejected', async () => {
  const token = await sign(good())
  expect((await ask(token)).status).toBe(200)
  ahead = 331
  expect((await ask(token)).status).toBe(401)
  ahead = 0
})
