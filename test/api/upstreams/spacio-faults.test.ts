/** Each fault of the upstream becomes its problem. No request hangs, and no error becomes a list. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { isProblem } from '#src/problems.ts'
import { createTransport } from '#src/upstreams/transport/index.ts'
import { limits } from '#src/upstreams/transport/limits.ts'
import type { CallLimits, UpstreamRequest } from '#src/upstreams/transport/types.ts'
import type { FaultInput } from '../../../sandbox/index.ts'
import { openGateway, openSandboxAndGateway, type SandboxGateway } from '../../support/test-gateway.ts'

let foyer: SandboxGateway
let clock = Date.now()

beforeAll(async () => {
  foyer = await openSandboxAndGateway({ bypassesCache: true, sandbox: { leads: 600 }, now: () => new Date(clock) })
})

afterAll(() => foyer.close())

/** Each test begins an hour later, when the breakers are closed. */
beforeEach(() => {
  foyer.sandbox.control.reset()
  clock += 3_600_000
})

const mebibyte = 1024 * 1024

/** A fault that repeats, the expected problem, and the number of attempts. */
const faults: [string, Omit<FaultInput, 'operation'>, string, number | null, number][] = [
  ['a reset', { kind: 'reset' }, 'upstream-failed', null, 2],
  ['a reset after the headers', { kind: 'reset-after-headers' }, 'upstream-failed', null, 2],
  ['a connection that breaks in the body', { kind: 'cut' }, 'upstream-failed', null, 2],
  ['a connection that breaks before the last byte', { kind: 'cut', fraction: 1 }, 'upstream-failed', null, 2],
  ['half a body', { kind: 'truncate' }, 'upstream-invalid-response', 200, 2],
  ['a body without its last sign', { kind: 'truncate', fraction: 0.999 }, 'upstream-invalid-response', 200, 2],
  ['an empty body', { kind: 'truncate', bytes: 0 }, 'upstream-invalid-response', 200, 2],
  ['an HTML page', { kind: 'html' }, 'upstream-invalid-response', 200, 1],
  ['an HTML page with 503', { kind: 'html', status: 503 }, 'upstream-failed', 503, 2],
  ['status 500', { kind: 'status', status: 500 }, 'upstream-failed', 500, 2],
  ['status 500 with JSON', { kind: 'status', status: 500, body: { '1': { email: 'x' } } }, 'upstream-failed', 500, 2],
  ['status 418', { kind: 'status', status: 418 }, 'upstream-failed', 418, 1],
  ['status 204', { kind: 'body', status: 204, body: '' }, 'upstream-invalid-response', 204, 1],
  ['too large a body', { kind: 'oversized', bytes: 17 * mebibyte }, 'upstream-invalid-response', null, 1],
  ['a gzip bomb', { kind: 'gzip-bomb' }, 'upstream-invalid-response', null, 1],
  ['a redirect', { kind: 'redirect', location: 'https://evil.example/' }, 'upstream-invalid-response', 302, 1],
  [
    'a redirect of the same method',
    { kind: 'redirect', status: 307, location: '/api/v1/getProperty' },
    'upstream-invalid-response',
    307,
    1,
  ],
  ['a redirect with an empty list', { kind: 'body', status: 302, body: '{}' }, 'upstream-invalid-response', 302, 1],
  [
    'a body that does not match its content coding',
    { kind: 'body', body: 'nothing packed', headers: { 'content-encoding': 'gzip' } },
    'upstream-invalid-response',
    null,
    1,
  ],
]

const reads: [string, string][] = [
  ['getProperty', '/properties/10101'],
  ['getRegistrants', '/leads?sid=10101'],
  ['getRegistrantsByTeam', '/leads?teamId=t2001'],
  ['getClaimedList', '/brokerages/b1001/agents'],
]

describe.each(faults)('%s', (_name, fault, code, status, calls) => {
  test.each(reads)('of %s', async (operation, url) => {
    foyer.sandbox.control.spacio.fault({ operation, ...fault })

    const reply = await foyer.get(url)

    expect(reply.body).toMatchObject({ code, upstream: { system: 'spacio', operation, code: null } })
    expect(reply.status).toBe(502)
    expect(reply.body.upstream.status).toBe(status)
    expect(reply.text).not.toContain('evil')
    expect(reply.text).not.toContain('<h1>')
    const paths = foyer.sandbox.control.spacio.requests().filter((entry) => entry.operation === operation)
    expect(paths).toHaveLength(calls)

    foyer.sandbox.control.spacio.clearFaults()
    expect((await foyer.get(url)).status).toBe(200)
  })
})

test('connection refused', async () => {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  const gateway = await openGateway({ SPACIO_BASE_URL: `http://127.0.0.1:${port}`, SPACIO_API_KEY: 'key' })
  expect(await gateway.get('/properties/1')).toMatchObject({
    status: 502,
    body: { code: 'upstream-failed', upstream: { retryable: true } },
  })
  await gateway.close()
})

test('ten gzip bombs at once do not fill the memory', async () => {
  foyer.sandbox.control.spacio.fault({ operation: 'getProperty', kind: 'gzip-bomb' })
  await foyer.get('/properties/10101')
  const before = process.memoryUsage().rss
  let highest = before
  const watch = setInterval(() => {
    highest = Math.max(highest, process.memoryUsage().rss)
  }, 5)
  const replies = await Promise.all(Array.from({ length: 10 }, (_, index) => foyer.get(`/properties/${10110 + index}`)))
  clearInterval(watch)
  expect(new Set(replies.map(({ body }) => body.code))).toEqual(new Set(['upstream-invalid-response']))
  // Decompressed, they have 2,000 MB.
  expect((highest - before) / mebibyte).toBeLessThan(500)
})

describe('the deadline', () => {
  const transport = createTransport({ random: () => 0 })

  afterAll(() => transport.close())

  const request = (operation: string, bounds: Partial<CallLimits>): UpstreamRequest => ({
    tenant: 't',
    system: 'spacio',
    operation,
    limits: { ...limits.spacioRead, ...bounds },
    method: 'POST',
    baseUrl: foyer.sandbox.spacio.url,
    path: `/api/v1/${operation}`,
    headers: { apikey: foyer.sandbox.spacio.apiKey },
    form: { sid: '10101' },
    read: (reply) => reply,
  })

  const getOutcome = (promise: Promise<unknown>) =>
    promise.then(
      () => 'an answer',
      (error: unknown) => (isProblem(error) ? error.code : error),
    )

  /** Long enough to connect on a busy machine: a request that was never sent is not a timeout. */
  const shortTimeoutMs = 250

  test.each<[string, Omit<FaultInput, 'operation'>]>([
    ['no answer', { kind: 'hang' }],
    ['a body that drips', { kind: 'slow-drip', bytesPerSecond: 10 }],
  ])('%s: the attempt ends', async (_name, fault) => {
    foyer.sandbox.control.spacio.fault({ operation: 'getProperty', ...fault })
    const bounds = { attemptTimeoutMs: shortTimeoutMs, totalTimeoutMs: 600_000, maxBytes: mebibyte }
    expect(await getOutcome(transport.send(request('getProperty', bounds), new AbortController().signal))).toBe(
      'upstream-timeout',
    )
  })

  test.each<[string, Omit<FaultInput, 'operation'>]>([
    ['no answer', { kind: 'hang' }],
    ['a body that drips', { kind: 'slow-drip', bytesPerSecond: 10 }],
  ])('%s: the whole ends, even where an attempt may take longer', async (_name, fault) => {
    foyer.sandbox.control.spacio.fault({ operation: 'getProperty', ...fault })
    const bounds = { attemptTimeoutMs: 600_000, totalTimeoutMs: shortTimeoutMs, maxBytes: mebibyte }
    expect(await getOutcome(transport.send(request('getProperty', bounds), new AbortController().signal))).toBe(
      'upstream-timeout',
    )
  })

  test.each([
    [1_000, 'an answer'],
    [1, 'upstream-invalid-response'],
  ])('a body larger than its class allows is refused: %i bytes', async (maxBytes, outcome) => {
    const bounds = { attemptTimeoutMs: 5_000, totalTimeoutMs: 5_000, maxBytes }
    expect(await getOutcome(transport.send(request('getProperty', bounds), new AbortController().signal))).toBe(outcome)
  })
})

test('figures count calls and failures', async () => {
  const getFigures = async () => {
    const { body } = await foyer.get('/upstreams')
    return body.data.find(({ system }: { system: string }) => system === 'spacio')
  }
  const before = await getFigures()
  await foyer.get('/properties/10131')
  foyer.sandbox.control.spacio.fault({ operation: 'getProperty', kind: 'reset' })
  await foyer.get('/properties/10132')
  const after = await getFigures()
  expect([after.calls - before.calls, after.failures - before.failures]).toEqual([3, 2])
  expect(after.p50).toBeGreaterThan(0)
})
