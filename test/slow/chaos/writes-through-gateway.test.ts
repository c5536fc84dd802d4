/**
 * The whole gateway on a bad network. By LionDesk's records and journal, a write takes effect at most once, whatever
 * the network does, with rejected and renewed tokens and with repeated keys.
 */
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Sandbox, startSandbox } from '../../../sandbox/index.ts'
import { type ChaosProxy, type NetworkFault, startProxy } from '../../support/chaos/proxy.ts'
import { createRunOptions } from '../../support/properties.ts'
import { createEnvironment, openGateway, type TestGateway } from '../../support/test-gateway.ts'

const attemptMs = 60

let sandbox: Sandbox
let proxy: ChaosProxy
let gateway: TestGateway
let clock = Date.now()
let isHasty = false

const liondesk = () => sandbox.control.liondesk

beforeAll(async () => {
  sandbox = await startSandbox({ leads: 0 })
  proxy = await startProxy(sandbox.liondesk.url, { seed: 7 })
  const { LIONDESK_ACCESS_TOKEN: _, ...env } = createEnvironment(sandbox)
  const { clientId, clientSecret, refreshToken } = sandbox.liondesk
  gateway = await openGateway(
    {
      ...env,
      LIONDESK_BASE_URL: proxy.url,
      LIONDESK_CLIENT_ID: clientId,
      LIONDESK_CLIENT_SECRET: clientSecret,
      LIONDESK_REFRESH_TOKEN: refreshToken,
    },
    {
      now: () => new Date(clock),
      adjustLimits: (limits) =>
        isHasty ? { ...limits, attemptTimeoutMs: attemptMs, totalTimeoutMs: 2 * attemptMs } : limits,
    },
  )
})

afterAll(async () => {
  await gateway.close()
  await proxy.close()
  await sandbox.close()
})

const faults: fc.Arbitrary<NetworkFault | null> = fc.oneof(
  { weight: 2, arbitrary: fc.constant(null) },
  fc.constantFrom<NetworkFault>(
    { kind: 'reset' },
    { kind: 'reset-before-headers' },
    { kind: 'slow-close', ms: 1 },
    { kind: 'latency', ms: 1, jitter: 5 },
    { kind: 'blackhole', swallows: 'request' },
    { kind: 'blackhole', swallows: 'reply' },
    { kind: 'drip', everyMs: 20 },
  ),
  fc.record({ kind: fc.constant('cut' as const), fraction: fc.double({ min: 0, max: 1, noNaN: true }) }),
)

/** How LionDesk treats the token of a write. */
const tokens = fc.constantFrom('good', 'good', 'refused', 'always refused')

interface Write {
  /** The faults of its calls, in order. Later calls have none. */
  network: (NetworkFault | null)[]
  token: string
}

const write: fc.Arbitrary<Write> = fc.record({ network: fc.array(faults, { maxLength: 3 }), token: tokens })

const send = async (city: string, { network, token }: Write, key?: string) => {
  clock += 3_600_000
  liondesk().clearFaults()
  if (token === 'refused') liondesk().expireToken()
  if (token === 'always refused') liondesk().fault({ operation: 'create', kind: 'unauthorized' })
  proxy.strike([...network, null])
  isHasty = network.length > 0
  return gateway.send('POST', '/events/9/properties', { city }, key === undefined ? {} : { 'idempotency-key': key })
}

/** LionDesk's records of the write, and the POSTs that it received and did not reject. */
const getDone = (city: string) => ({
  records: liondesk()
    .records('9')
    .filter((record) => record.city === city).length,
  posts: liondesk()
    .requests()
    .filter(({ operation, body, status }) => operation === 'create' && status !== 401 && getIs(body, city)).length,
})

const getIs = (body: unknown, city: string): boolean => (body as { city?: string } | undefined)?.city === city

const calm: Write = { network: [], token: 'good' }

let run = 0

const nextCity = (): string => `City-${++run}`

/** LionDesk in its initial state, so that lists stay short. It knows none of the current access tokens. */
const begin = (): string => {
  sandbox.control.reset()
  liondesk().set({ rotateRefreshToken: false })
  return nextCity()
}

test('200 schedules without a key: sent once, and the answer says what is known', async () => {
  const property = fc.asyncProperty(write, async (schedule) => {
    const city = begin()
    const { status, body } = await send(city, schedule)
    const isUnknown = body.outcome === 'unknown'
    if (!isUnknown) expect(getDone(city)).toEqual(status === 201 ? { records: 1, posts: 1 } : { records: 0, posts: 0 })
    // An abandoned call may still arrive.
    else await send(nextCity(), calm)
    expect(getDone(city).posts).toBeLessThanOrEqual(1)
    expect(getDone(city).records).toBeLessThanOrEqual(1)
  })
  await fc.assert(property, createRunOptions(200))
}, 180_000)

test('100 schedules of repeats under a key: one record, and in the end the reply that belongs to it', async () => {
  const property = fc.asyncProperty(fc.array(write, { minLength: 1, maxLength: 3 }), async (schedules) => {
    const city = begin()
    for (const schedule of schedules) {
      await send(city, schedule, city)
      expect(getDone(city).records).toBeLessThanOrEqual(1)
    }
    // An open breaker may need a successful probe.
    await send(nextCity(), calm)
    const reply = await send(city, calm, city)
    expect(reply).toMatchObject({ status: 201, body: { city } })
    expect(
      liondesk()
        .records('9')
        .filter((record) => record.city === city),
    ).toMatchObject([{ id: reply.body.id }])
  })
  await fc.assert(property, createRunOptions(100))
}, 180_000)
