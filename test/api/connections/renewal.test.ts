/**
 * Tokens expire, are rejected and are revoked. They are renewed once, before they expire if possible, and never in a
 * loop.
 */
import { expect, test } from 'vitest'
import {
  connectAccount,
  countRefreshes,
  listBearers,
  listConnections,
  listRequests,
  listTokens,
  openConnectedGateway,
  openSandbox,
} from '../../support/connections.ts'

const second = 1_000

/** A connected gateway whose clock a test can move. Tokens are valid for a thousand seconds. */
const openConnected = async () => {
  const sandbox = await openSandbox()
  sandbox.control.liondesk.set({ accessTokenTtlSeconds: 1_000 })
  let time = Date.now()
  const gateway = await openConnectedGateway(sandbox, {}, { now: () => new Date(time) })
  const id = await connectAccount(gateway)
  sandbox.control.clearRequests()
  const find = () => gateway.get('/events/7/properties')
  const later = (seconds: number): void => {
    time += seconds * second
  }
  return { sandbox, gateway, id, find, later }
}

/** Fifty at the same time: reads and writes, because LionDesk does not get as many of one kind. */
const fifty = async ({ gateway, find }: Awaited<ReturnType<typeof openConnected>>): Promise<number[]> => {
  const create = () => gateway.send('POST', '/events/9/properties', { city: 'Reno' })
  const replies = await Promise.all(Array.from({ length: 50 }, (_, index) => (index % 2 === 0 ? find() : create())))
  return [...new Set(replies.map(({ status }) => status))].sort()
}

test('fifty requests with a rejected token make one refresh, and all succeed', async () => {
  const foyer = await openConnected()
  const { sandbox, find } = foyer
  sandbox.control.liondesk.expireToken()

  expect(await fifty(foyer)).toEqual([200, 201])

  expect(countRefreshes(sandbox).length).toBe(1)
  expect((await find()).status).toBe(200)
  expect(countRefreshes(sandbox).length).toBe(1)
  expect(sandbox.control.liondesk.records('9').length).toBe(25)
})

test('fifty requests with an expired token make one refresh, and none uses the old token', async () => {
  const foyer = await openConnected()
  const { sandbox, later } = foyer
  sandbox.control.liondesk.expireToken()
  later(1_001)

  expect(await fifty(foyer)).toEqual([200, 201])

  expect(countRefreshes(sandbox).length).toBe(1)
  const calls = [...listRequests(sandbox, 'find'), ...listRequests(sandbox, 'create')]
  expect(calls.length).toBe(50)
  expect(new Set(listBearers(calls)).size).toBe(1)
})

test('a token is renewed in the background at 80 % of its lifetime', async () => {
  const { sandbox, gateway, find, later } = await openConnected()
  later(790)
  expect((await find()).status).toBe(200)
  expect(countRefreshes(sandbox).length).toBe(0)

  later(20)
  sandbox.control.liondesk.fault({ operation: 'token', kind: 'latency', ms: 300 })
  expect((await find()).status).toBe(200)
  expect(listRequests(sandbox, 'find').length).toBe(2)
  await gateway.app.gateway.connections.settle()
  expect(countRefreshes(sandbox).length).toBe(1)

  expect((await find()).status).toBe(200)
  const [first, second, third] = listBearers(listRequests(sandbox, 'find'))
  expect(second).toBe(first)
  expect(third).not.toBe(first)
})

test('a failed background renewal keeps the valid token in use, and pauses', async () => {
  const { sandbox, gateway, find, later } = await openConnected()
  later(810)
  sandbox.control.liondesk.fault({ operation: 'token', kind: 'status', status: 400, times: 100 })
  for (let count = 0; count < 5; count += 1) {
    expect((await find()).status).toBe(200)
    await gateway.app.gateway.connections.settle()
  }
  expect(countRefreshes(sandbox).length).toBe(1)
  later(31)
  expect((await find()).status).toBe(200)
  await gateway.app.gateway.connections.settle()
  expect(countRefreshes(sandbox).length).toBe(2)
})

test.for([
  ['POST', '/events/9/properties', { city: 'Reno' }, 'create'],
  ['PATCH', '/events/7/properties/1', { city: 'Reno' }, 'patch'],
  ['DELETE', '/events/7/properties/1', undefined, 'remove'],
] as const)(
  '%s that was rejected with 401 is repeated once with a new token',
  async ([method, url, body, operation]) => {
    const { sandbox, gateway } = await openConnected()
    sandbox.control.liondesk.expireToken()
    expect((await gateway.send(method, url, body)).status).toBeLessThan(300)
    expect(listRequests(sandbox, operation).map(({ status }) => status)).toEqual([401, method === 'POST' ? 201 : 200])
    expect(countRefreshes(sandbox).length).toBe(1)
  },
)

test('a 401 that persists with a new token is 502: one refresh and one repetition, then a pause', async () => {
  const { sandbox, find, later } = await openConnected()
  sandbox.control.liondesk.fault({ operation: 'find', kind: 'unauthorized', times: 100 })

  const reply = await find()
  expect(reply).toMatchObject({
    status: 502,
    body: { code: 'upstream-credentials', upstream: { operation: 'find', status: 401 } },
  })
  expect([listRequests(sandbox, 'find').length, countRefreshes(sandbox).length]).toEqual([2, 1])

  for (let count = 0; count < 5; count += 1) expect((await find()).status).toBe(502)
  expect([listRequests(sandbox, 'find').length, countRefreshes(sandbox).length]).toEqual([7, 1])

  later(31)
  sandbox.control.liondesk.clearFaults()
  expect((await find()).status).toBe(200)
})

test('a single 401 is recovered', async () => {
  const { sandbox, find } = await openConnected()
  sandbox.control.liondesk.fault({ operation: 'find', kind: 'unauthorized', times: 1 })
  expect((await find()).status).toBe(200)
  expect([listRequests(sandbox, 'find').length, countRefreshes(sandbox).length]).toEqual([2, 1])
})

test('a static configured token is not renewed: one call, no repetition', async () => {
  const sandbox = await openSandbox()
  const gateway = await openConnectedGateway(sandbox, { LIONDESK_ACCESS_TOKEN: sandbox.liondesk.accessToken })
  sandbox.control.liondesk.expireToken()
  expect(await gateway.get('/events/7/properties')).toMatchObject({
    status: 502,
    body: { code: 'upstream-credentials' },
  })
  expect(sandbox.control.liondesk.requests().map(({ operation }) => operation)).toEqual(['find'])
})

test('a revoked connection is 409, is marked in the list, and causes no further LionDesk calls', async () => {
  const { sandbox, gateway, id, find } = await openConnected()
  sandbox.control.liondesk.revokeToken()

  const replies = await Promise.all(Array.from({ length: 10 }, find))
  for (const { status, body } of replies) expect([status, body.code]).toEqual([409, 'reauthorization-required'])
  expect(countRefreshes(sandbox).length).toBe(1)
  const finds = listRequests(sandbox, 'find').length

  for (let count = 0; count < 5; count += 1) expect((await find()).status).toBe(409)
  expect([listRequests(sandbox, 'find').length, countRefreshes(sandbox).length]).toEqual([finds, 1])
  expect(await listConnections(gateway)).toMatchObject([{ id, status: 'reauthorization-required' }])
})

test.for([
  ['brings a new refresh token', {}, 3],
  ['returns the same refresh token', { rotateRefreshToken: false }, 1],
  ['returns no refresh token', { omitRefreshToken: true }, 1],
] as const)('a refresh that %s is followed by another', async ([, settings, different]) => {
  const { sandbox, find } = await openConnected()
  sandbox.control.liondesk.set(settings)
  for (let count = 0; count < 3; count += 1) {
    sandbox.control.liondesk.expireToken()
    expect((await find()).status).toBe(200)
  }
  const handedIn = countRefreshes(sandbox).map(({ refresh_token }) => refresh_token)
  expect(handedIn.length).toBe(3)
  expect(new Set(handedIn).size).toBe(different)
})

const hour = 3_600_000

test.for<[string, () => object, number | null]>([
  ['seconds', () => ({ expires_in: 3600 }), hour],
  ['seconds as text', () => ({ expires_in: '3600' }), hour],
  ['a moment', () => ({ expires: new Date(Date.now() + hour).toISOString() }), hour],
  ['both, contradicting', () => ({ expires_in: 3600, expires: '2020-01-01T00:00:00Z' }), hour],
  ['nothing', () => ({}), null],
  ['nonsense', () => ({ expires_in: 'soon', expires: 'later' }), null],
])('a lifetime given as %s determines the expiry', async ([, lifetime, want]) => {
  const { sandbox, gateway, find } = await openConnected()
  sandbox.control.liondesk.expireToken()
  const { access_token } = sandbox.control.liondesk.issueTokens()
  sandbox.control.liondesk.fault({ operation: 'token', kind: 'body', body: { access_token, ...lifetime() } })
  expect((await find()).status).toBe(200)
  const [{ expiresAt }] = await listConnections(gateway)
  if (want === null) expect(expiresAt).toBeNull()
  else expect(Math.abs(Date.parse(expiresAt) - Date.now() - want)).toBeLessThan(10_000)
})

test.for([
  ['500', { kind: 'status', status: 500 }, 502, 'upstream-failed'],
  ['a page', { kind: 'html' }, 502, 'upstream-invalid-response'],
  ['another secret', { kind: 'unauthorized' }, 502, 'upstream-credentials'],
  ['invalid_request', { kind: 'error', code: 'invalid_request' }, 502, 'upstream-failed'],
  ['429', { kind: 'rate-reached' }, 503, 'upstream-rate-limited'],
  ['a reset', { kind: 'reset', applied: false }, 502, 'upstream-failed'],
] as const)('%s during a refresh is temporary, and the connection stays usable', async ([, fault, status, code]) => {
  const { sandbox, gateway, find } = await openConnected()
  sandbox.control.liondesk.expireToken()
  sandbox.control.liondesk.fault({ operation: 'token', times: 1, applied: false, ...fault } as never)
  const reply = await find()
  expect(reply).toMatchObject({ status, body: { code, upstream: { operation: 'token' } } })
  // It does not describe the result of a write of the caller.
  expect(reply.body).not.toHaveProperty('outcome')
  expect(await listConnections(gateway)).toMatchObject([{ status: 'connected' }])
  expect((await find()).status).toBe(200)
})

test('no token, code, state or secret is logged', async () => {
  const sandbox = await openSandbox()
  const lines: string[] = []
  const stream = { write: (line: string) => lines.push(line) }
  const { createLoggerOptions } = await import('#src/plugins/observe/request-log.ts')
  const gateway = await openConnectedGateway(
    sandbox,
    {},
    { logger: { ...createLoggerOptions('trace'), stream } as never },
  )
  await connectAccount(gateway)
  sandbox.control.liondesk.expireToken()
  await gateway.get('/events/7/properties')
  sandbox.control.liondesk.fault({ operation: 'token', kind: 'html' })
  sandbox.control.liondesk.expireToken()
  await gateway.get('/events/7/properties')
  sandbox.control.liondesk.revokeToken()
  await gateway.get('/events/7/properties')

  const secrets = listTokens(sandbox)
  expect(secrets.length).toBeGreaterThan(5)
  expect(lines.length).toBeGreaterThan(4)
  for (const secret of secrets) expect(lines.join('')).not.toContain(secret)
})
