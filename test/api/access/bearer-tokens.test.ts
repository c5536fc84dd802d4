/** Bearer tokens in the form of real issuers, and an unavailable issuer. */
import type { JWTPayload } from 'jose'
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { openSandboxAndGateway, type SandboxGateway } from '../../support/test-gateway.ts'
import {
  audienceName,
  issuerName,
  makeKeyPair,
  type PublishedKey,
  signToken,
  startTokenIssuer,
  type TokenIssuer,
} from '../../support/token-issuer.ts'

const url = '/leads?brokerageId=b1001&limit=1'
const minute = 60_000
const hour = 60 * minute

let one: PublishedKey
let two: PublishedKey
let other: PublishedKey
let issuer: TokenIssuer
let now: number
const closers: (() => unknown)[] = []

beforeAll(async () => {
  one = { kid: 'one', pair: await makeKeyPair(), alg: 'ES256' }
  two = { kid: 'two', pair: await makeKeyPair(), alg: 'ES256' }
  other = { kid: 'other', pair: await makeKeyPair(), alg: 'ES256' }
})

beforeEach(async () => {
  now = Date.now()
  issuer = await startTokenIssuer()
  issuer.publish([one])
})

afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close()
  await issuer.close()
})

const open = async (env: Record<string, string> = {}): Promise<SandboxGateway> => {
  const foyer = await openSandboxAndGateway({
    now: () => new Date(now),
    env: { FOYER_AUTH: 'required', ...issuer.env, ...env },
  })
  closers.push(foyer.close)
  return foyer
}

const claims = (more: JWTPayload = {}): JWTPayload => ({
  iss: issuerName,
  aud: audienceName,
  sub: 'jo',
  exp: Math.floor(now / 1000) + 300,
  scope: 'leads:read',
  grants: { brokerages: ['b1001'] },
  ...more,
})

const ask = async (foyer: SandboxGateway, token: string, target = url) =>
  foyer.get(target, { authorization: `Bearer ${token}` })

const getStatus = async (
  foyer: SandboxGateway,
  key: PublishedKey,
  header: { kid?: string | undefined } = {},
): Promise<number> => (await ask(foyer, await signToken(key, claims(), header))).status

const metric = async (foyer: SandboxGateway, line: string): Promise<number> => {
  const text = String(await foyer.app.scrape?.text())
  const found = text.split('\n').find((each) => each.startsWith(`${line} `))
  return Number(found?.slice(line.length + 1) ?? Number.NaN)
}

const fetchedSeconds = (foyer: SandboxGateway) => metric(foyer, 'foyer_token_keys_fetched_timestamp_seconds')

describe('while the issuer is unavailable', () => {
  test('cached keys stay usable for twelve hours, and the metrics have the time of the last fetch', async () => {
    const foyer = await open()
    expect(await getStatus(foyer, one)).toBe(200)
    const fetchedAt = Math.floor(now / 1000)
    expect(Math.abs((await fetchedSeconds(foyer)) - fetchedAt)).toBeLessThan(60)
    issuer.answerWith('error')
    for (const later of [11 * minute, hour, 11 * hour]) {
      now = fetchedAt * 1000 + later
      expect(await getStatus(foyer, one)).toBe(200)
    }
    expect(await metric(foyer, 'foyer_token_key_fetches_total{result="failed"}')).toBe(3)
    expect(Math.abs((await fetchedSeconds(foyer)) - fetchedAt)).toBeLessThan(60)
    now = fetchedAt * 1000 + 12 * hour + 2 * minute
    expect(await getStatus(foyer, one)).toBe(503)
    issuer.answerWith('keys')
    now += minute
    expect(await getStatus(foyer, one)).toBe(200)
  })

  test('an unknown key gets 503, because it may be new', async () => {
    const foyer = await open()
    expect(await getStatus(foyer, one)).toBe(200)
    issuer.answerWith('error')
    now += 11 * minute
    expect(await getStatus(foyer, two)).toBe(503)
    expect(await getStatus(foyer, one)).toBe(200)
  })

  test('the gateway fetches keys at most once every five seconds, however many tokens arrive', async () => {
    issuer.answerWith('error')
    const foyer = await open()
    const tokens = await Promise.all(Array.from({ length: 20 }, () => signToken(one, claims())))
    const statuses = async () =>
      (await Promise.all(tokens.map((token) => ask(foyer, token)))).map(({ status }) => status)
    expect(new Set(await statuses())).toEqual(new Set([503]))
    expect(new Set(await statuses())).toEqual(new Set([503]))
    expect(issuer.requests()).toBe(1)
    now += 5_001
    await statuses()
    expect(issuer.requests()).toBe(2)
    issuer.answerWith('keys')
    now += 5_001
    expect(await statuses()).toContain(200)
  })

  test('an endless response is aborted', async () => {
    issuer.answerWith('endless')
    const foyer = await open()
    const before = process.memoryUsage().rss
    expect(await getStatus(foyer, one)).toBe(503)
    expect(process.memoryUsage().rss - before).toBeLessThan(200 * 1024 * 1024)
  })
})

describe('several keys', () => {
  test('a token without a key id is verified with each key of its algorithm', async () => {
    const rsa = { kid: 'rsa', pair: await makeKeyPair('RS256'), alg: 'RS256' }
    issuer.publish([one, rsa, two])
    const foyer = await open()
    for (const key of [one, two, rsa]) expect(await getStatus(foyer, key, { kid: undefined })).toBe(200)
    expect(await getStatus(foyer, other, { kid: undefined })).toBe(401)
  })

  test('two keys with the same id are both tried', async () => {
    issuer.publish([one, { ...two, kid: 'one' }])
    const foyer = await open()
    for (const key of [one, two]) expect(await getStatus(foyer, key, { kid: 'one' })).toBe(200)
    expect(await getStatus(foyer, other, { kid: 'one' })).toBe(401)
  })

  test('a new key works immediately for tokens without a key id', async () => {
    const foyer = await open()
    expect(await getStatus(foyer, one, { kid: undefined })).toBe(200)
    issuer.publish([two])
    now += 5_001
    expect(await getStatus(foyer, two, { kid: undefined })).toBe(200)
    expect(await getStatus(foyer, one, { kid: undefined })).toBe(401)
  })

  test('the claims are validated whichever key matches', async () => {
    issuer.publish([one, two])
    const foyer = await open()
    const token = await signToken(two, claims({ exp: Math.floor(now / 1000) - 60 }), { kid: undefined })
    const reply = await ask(foyer, token)
    expect([reply.status, reply.body.detail]).toEqual([401, 'The token has expired.'])
  })
})

describe('the token formats of common issuers', () => {
  /**
   * Amazon Cognito has `client_id` instead of `aud`, and a prefix before each scope: the identifier of a resource
   * server.
   */
  const cognito = {
    FOYER_JWT_AUDIENCE: '4example',
    FOYER_JWT_AUDIENCE_CLAIM: 'client_id',
    FOYER_JWT_SCOPE_PREFIX: 'foyer/',
  }
  const ofCognito = (more: JWTPayload = {}) => {
    const { aud: _, ...rest } = claims({ client_id: '4example', token_use: 'access', scope: 'foyer/leads:read openid' })
    return { ...rest, ...more }
  }

  test.for<[string, Record<string, string>, () => JWTPayload, number]>([
    ['Cognito', cognito, () => ofCognito(), 200],
    ['Cognito, of another client', cognito, () => ofCognito({ client_id: 'other' }), 401],
    ['Cognito, with no client', cognito, () => ofCognito({ client_id: undefined }), 401],
    ['Cognito, with `aud` in place of the client', cognito, () => ofCognito({ client_id: 7, aud: '4example' }), 401],
    ['Cognito, with a scope of another resource server', cognito, () => ofCognito({ scope: 'crm/leads:read' }), 403],
    ['Cognito, with a scope without the prefix', cognito, () => ofCognito({ scope: 'leads:read' }), 403],
    ['Cognito, where nothing is configured for it', {}, () => ofCognito(), 401],
    [
      'Entra, delegated',
      { FOYER_JWT_SCOPE_CLAIM: 'scp' },
      () => claims({ scope: undefined, scp: 'leads:read x' }),
      200,
    ],
    [
      'Entra, application',
      { FOYER_JWT_SCOPE_CLAIM: 'roles' },
      () => claims({ scope: undefined, roles: ['leads:read'] }),
      200,
    ],
    ['Okta', { FOYER_JWT_SCOPE_CLAIM: 'scp' }, () => claims({ scope: undefined, scp: ['openid', 'leads:read'] }), 200],
    ['several audiences', {}, () => claims({ aud: ['crm', audienceName] }), 200],
    ['several audiences, none of them ours', {}, () => claims({ aud: ['crm', 'web'] }), 401],
  ])('%s', async ([, env, payload, status]) => {
    const foyer = await open(env)
    const defined = Object.fromEntries(Object.entries(payload()).filter(([, value]) => value !== undefined))
    expect((await ask(foyer, await signToken(one, defined))).status).toBe(status)
  })
})

describe('a rejection has its reason (RFC 6750)', () => {
  let foyer: SandboxGateway
  const lines: string[] = []

  beforeEach(async () => {
    lines.length = 0
    foyer = await openSandboxAndGateway({
      now: () => new Date(now),
      env: { FOYER_AUTH: 'required', LOG_LEVEL: 'info', ...issuer.env },
      logger: { level: 'info', base: null, stream: { write: (line: string) => void lines.push(line) } } as never,
    })
    closers.push(foyer.close)
  })

  const notAJwt = 'The credentials are not a signed JWT. Send Authorization: Bearer JWT, or an API key in X-API-Key.'
  const metadata = 'resource_metadata="http://127.0.0.1:3000/.well-known/oauth-protected-resource"'
  const challenge = (description: string): string =>
    `Bearer realm="Foyer", error="invalid_token", error_description="${description}", ${metadata}`

  test.for<[string, string, () => Promise<string>]>([
    ['expired', 'The token has expired.', () => signToken(one, claims({ exp: Math.floor(now / 1000) - 31 }))],
    [
      'not-yet-valid',
      'The token is not valid yet.',
      () => signToken(one, claims({ nbf: Math.floor(now / 1000) + 90 })),
    ],
    ['audience', 'The token is for another audience.', () => signToken(one, claims({ aud: 'other' }))],
    ['issuer', 'The token comes from another issuer.', () => signToken(one, claims({ iss: 'https://evil.example/' }))],
    ['signature', 'The signature of the token is invalid.', () => signToken({ ...other, kid: 'one' }, claims())],
    ['unknown-key', 'The token is signed with an unknown key.', () => signToken(other, claims())],
    ['malformed', notAJwt, async () => 'nonsense'],
    ['malformed', notAJwt, async () => ''],
    ['claims', 'A claim of the token is missing or invalid.', () => signToken(one, claims({ sub: '' }))],
    ['claims', 'A claim of the token is missing or invalid.', () => signToken(one, claims({ grants: ['b1001'] }))],
    ['claims', 'A claim of the token is missing or invalid.', () => signToken(one, claims({ tenant: 'none' }))],
  ])('%s: %s', async ([reason, description, make]) => {
    const counter = `foyer_authentication_failures_total{reason="${reason}"}`
    expect(await metric(foyer, counter)).toBe(0)
    const token = await make()
    const reply = await ask(foyer, token)
    expect(reply).toMatchObject({ status: 401, body: { code: 'unauthenticated', detail: description } })
    expect(reply.headers['www-authenticate']).toBe(challenge(description))
    expect(await metric(foyer, counter)).toBe(1)
    const line = lines.map((each) => JSON.parse(each)).find(({ status }) => status === 401)
    expect(line).toMatchObject({ code: 'unauthenticated', refusal: reason })
    if (token.length > 20) expect(lines.join('')).not.toContain(token.slice(0, 20))
  })

  test('a token without the scope: 403 with insufficient_scope and the scope', async () => {
    const reply = await ask(foyer, await signToken(one, claims({ scope: 'properties:read' })))
    expect(reply.status).toBe(403)
    expect(reply.headers['www-authenticate']).toBe(
      `Bearer realm="Foyer", error="insufficient_scope", scope="leads:read", ${metadata}`,
    )
  })

  test('a token without a grant: 403 without a scope', async () => {
    const reply = await ask(foyer, await signToken(one, claims()), '/leads?brokerageId=b1002')
    expect([reply.status, reply.headers['www-authenticate']]).toEqual([403, undefined])
  })

  test('missing credentials: the challenge without an error', async () => {
    const reply = await foyer.get(url)
    expect([reply.status, reply.headers['www-authenticate']]).toEqual([401, `Bearer realm="Foyer", ${metadata}`])
  })
})
