/**
 * A write whose connection breaks may have taken effect, and the caller learns that its outcome is unknown. Only a
 * DELETE is retried, because a second one has no further effect.
 */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { Problem } from '#src/problems.ts'
import { createLionDesk, type LionDesk, type TokenSource } from '#src/upstreams/liondesk/index.ts'
import { createTransport, type Transport } from '#src/upstreams/transport/index.ts'
import { createTokenSource, getNow, listRequestsByMethod, useSandboxAndGateway } from '../../support/liondesk.ts'
import { openGateway, type TestGateway } from '../../support/test-gateway.ts'

const foyer = useSandboxAndGateway()

let unreachable: TestGateway

beforeAll(async () => {
  unreachable = await openGateway(
    { SPACIO_API_KEY: 'k', LIONDESK_BASE_URL: 'http://127.0.0.1:1', LIONDESK_ACCESS_TOKEN: 't' },
    { now: getNow },
  )
})

afterAll(() => unreachable.close())

/** After a successful write, no breaker counts earlier failures. */
beforeEach(async () => {
  expect((await foyer().send('POST', '/events/11/properties', { city: 'Reno' })).status).toBe(201)
  foyer().sandbox.control.reset()
})

const writes = {
  create: { method: 'POST', url: '/events/7/properties', body: { city: 'Reno' } },
  patch: { method: 'PATCH', url: '/events/7/properties/1', body: { city: 'Reno' } },
  remove: { method: 'DELETE', url: '/events/7/properties/1', body: undefined },
}

const isDone = (operation: keyof typeof writes): boolean => {
  const records = foyer().sandbox.control.liondesk.records('7')
  if (operation === 'create') return records.some(({ city }) => city === 'Reno')
  const first = records.find(({ id }) => id === '1')
  return operation === 'remove' ? first === undefined : first?.city === 'Reno'
}

/** A fault that repeats, the expected problem, and how often a DELETE is sent. */
const faults: [string, { given: object; want: object; removals: number }][] = [
  ['reset', { given: { kind: 'reset' }, want: { status: 502, body: { code: 'upstream-failed' } }, removals: 2 }],
  [
    'reset after the headers',
    { given: { kind: 'reset-after-headers' }, want: { status: 502, body: { code: 'upstream-failed' } }, removals: 2 },
  ],
  ['cut', { given: { kind: 'cut' }, want: { status: 502, body: { code: 'upstream-failed' } }, removals: 2 }],
  [
    'truncated',
    { given: { kind: 'truncate' }, want: { status: 502, body: { code: 'upstream-invalid-response' } }, removals: 2 },
  ],
  [
    'an HTML page',
    { given: { kind: 'html' }, want: { status: 502, body: { code: 'upstream-invalid-response' } }, removals: 1 },
  ],
  [
    '500',
    { given: { kind: 'status', status: 500 }, want: { status: 502, body: { code: 'upstream-failed' } }, removals: 2 },
  ],
  [
    '503',
    { given: { kind: 'status', status: 503 }, want: { status: 502, body: { code: 'upstream-failed' } }, removals: 2 },
  ],
  [
    'a gzip bomb',
    { given: { kind: 'gzip-bomb' }, want: { status: 502, body: { code: 'upstream-invalid-response' } }, removals: 1 },
  ],
]

/** A 404 counts even if its body is truncated. After a retry, it shows that the record is deleted. */
const getFaults = (operation: string) =>
  operation === 'remove' ? faults.filter(([name]) => name !== 'truncated') : faults

for (const operation of Object.keys(writes) as (keyof typeof writes)[]) {
  const { method, url, body } = writes[operation]

  test.for(getFaults(operation))(`${operation}, then %s`, async ([, { given, want, removals }]) => {
    foyer().sandbox.control.liondesk.fault({ operation, ...given } as never)

    const reply = await foyer().send(method, url, body)

    expect(reply).toMatchObject(want)
    expect(reply.body.outcome).toBe('unknown')
    expect(isDone(operation)).toBe(true)
    expect(listRequestsByMethod(foyer(), method).length).toBe(operation === 'remove' ? removals : 1)
  })

  test(`${operation} with a refused connection was not sent`, async () => {
    const reply = await unreachable.send(method, url, body)
    expect(reply).toMatchObject({ status: 502, body: { code: 'upstream-failed', upstream: { status: null } } })
    expect(reply.body).not.toHaveProperty('outcome')
  })
}

test.for(['reset', 'cut', 'truncate', 'status'] as const)(
  'a remove whose reply was lost (%s) succeeds',
  async (kind) => {
    foyer().sandbox.control.liondesk.fault({ operation: 'remove', kind, times: 1 })
    expect((await foyer().send('DELETE', '/events/7/properties/1')).status).toBe(204)
    expect(isDone('remove')).toBe(true)
    expect(listRequestsByMethod(foyer(), 'DELETE').at(-1)?.status).toBe(404)
    expect(listRequestsByMethod(foyer(), 'DELETE').length).toBe(2)
  },
)

test.for([
  ['429', { kind: 'rate-reached' }, 503],
  ['401', { kind: 'unauthorized' }, 502],
  ['403', { kind: 'status', status: 403, applied: false }, 403],
  ['409', { kind: 'status', status: 409, applied: false }, 409],
] as const)(
  'a remove whose reply was lost and whose retry is rejected (%s) has an unknown outcome',
  async ([, refusal, status]) => {
    const { liondesk } = foyer().sandbox.control
    liondesk.fault({ operation: 'remove', kind: 'reset', times: 1 })
    liondesk.fault({ operation: 'remove', ...refusal })
    const reply = await foyer().send('DELETE', '/events/7/properties/1')
    expect(reply).toMatchObject({ status, body: { outcome: 'unknown' } })
    expect(isDone('remove')).toBe(true)
    expect(listRequestsByMethod(foyer(), 'DELETE').length).toBe(2)
  },
)

test('a remove that is rejected at the first attempt was not executed', async () => {
  foyer().sandbox.control.liondesk.fault({ operation: 'remove', kind: 'rate-reached' })
  const reply = await foyer().send('DELETE', '/events/7/properties/1')
  expect(reply.status).toBe(503)
  expect(reply.body).not.toHaveProperty('outcome')
})

test('a remove that was not sent before and finds nothing is 404', async () => {
  expect((await foyer().send('DELETE', '/events/7/properties/99999')).status).toBe(404)
})

test.for(['find', 'get'])('%s that breaks off has no outcome', async (operation) => {
  foyer().sandbox.control.liondesk.fault({ operation, kind: 'cut' })
  const reply = await foyer().get(operation === 'find' ? '/events/7/properties' : '/events/7/properties/1')
  expect(reply.status).toBe(502)
  expect(reply.body).not.toHaveProperty('outcome')
})

/** The LionDesk client on the real transport, with a short attempt timeout. */
let transport: Transport
let impatient: LionDesk

beforeAll(() => {
  transport = createTransport({ random: () => 0 })
  const { url, accessToken } = foyer().sandbox.liondesk
  impatient = createLionDesk({
    account: { tenant: 'default', baseUrl: url },
    tokens: createTokenSource(accessToken),
    send: (request, signal) =>
      transport.send({ ...request, limits: { ...request.limits, attemptTimeoutMs: 150 } }, signal),
    drift: () => {},
    now: () => new Date(),
  })
})

afterAll(() => transport.close())

const call = () => ({ signal: new AbortController().signal, includeSource: false })

describe('a remove whose reply was lost and whose retry has a rejected token', () => {
  const removing = (renew: TokenSource['renew']) => {
    const { liondesk } = foyer().sandbox.control
    liondesk.fault({ operation: 'remove', kind: 'reset', times: 1 })
    liondesk.fault({ operation: 'remove', kind: 'unauthorized', times: 1 })
    const { url, accessToken } = foyer().sandbox.liondesk
    return createLionDesk({
      account: { tenant: 'default', baseUrl: url },
      tokens: { ...createTokenSource(accessToken), renew },
      send: transport.send,
      drift: () => {},
      now: () => new Date(),
    }).remove('7', '1', call())
  }

  test('succeeds if the next token finds nothing', async () => {
    await removing(async () => foyer().sandbox.liondesk.accessToken)
    expect(isDone('remove')).toBe(true)
    expect(
      listRequestsByMethod(foyer(), 'DELETE')
        .map(({ status }) => status)
        .slice(-2),
    ).toEqual([401, 404])
  })

  test('has an unknown outcome if there is no other token', async () => {
    const lost = removing(async () => {
      throw new Problem('reauthorization-required')
    })
    await expect(lost).rejects.toMatchObject({ code: 'reauthorization-required', fields: { outcome: 'unknown' } })
  })

  test('has an unknown outcome if LionDesk then fails', async () => {
    const failing = removing(async () => {
      foyer().sandbox.control.liondesk.fault({ operation: 'remove', kind: 'status', status: 403, applied: false })
      return foyer().sandbox.liondesk.accessToken
    })
    await expect(failing).rejects.toMatchObject({ code: 'upstream-access-denied', fields: { outcome: 'unknown' } })
  })
})

test('a create that hangs is 504 with an unknown outcome, and is sent once', async () => {
  foyer().sandbox.control.liondesk.fault({ operation: 'create', kind: 'hang' })

  await expect(impatient.create('7', { city: 'Reno' }, call())).rejects.toMatchObject({
    code: 'upstream-timeout',
    fields: { outcome: 'unknown', upstream: { operation: 'create' } },
  })
  expect(isDone('create')).toBe(true)
  expect(listRequestsByMethod(foyer(), 'POST').length).toBe(1)
})

test('a body that trickles in times out too', async () => {
  foyer().sandbox.control.liondesk.fault({ operation: 'patch', kind: 'slow-drip', bytesPerSecond: 20 })

  await expect(impatient.patch('7', '1', { city: 'Reno' }, call())).rejects.toMatchObject({
    code: 'upstream-timeout',
    fields: { outcome: 'unknown' },
  })
  expect(listRequestsByMethod(foyer(), 'PATCH').length).toBe(1)
})

test('a get that hangs has no outcome', async () => {
  foyer().sandbox.control.liondesk.fault({ operation: 'get', kind: 'hang' })

  const error = await impatient.get('7', '1', call()).catch((thrown: unknown) => thrown)

  expect(error).toMatchObject({ code: 'upstream-timeout' })
  expect((error as { fields: object }).fields).not.toHaveProperty('outcome')
})
