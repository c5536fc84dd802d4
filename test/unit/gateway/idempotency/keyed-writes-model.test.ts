/** For any failure and any number of repetitions, at most one record is written for a key. */
import { randomBytes } from 'node:crypto'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { allGrants } from '#src/access-control.ts'
import { createRequestCache } from '#src/gateway/cache/request-cache.ts'
import { createSealer } from '#src/gateway/crypto/encryption.ts'
import { createEventProperties } from '#src/gateway/event-properties.ts'
import { createIdempotency } from '#src/gateway/idempotency/index.ts'
import { isProblem } from '#src/problems.ts'
import { createMemoryStore } from '#src/store/memory/index.ts'
import type { Store } from '#src/store/store.ts'
import { createLionDesk } from '#src/upstreams/liondesk/index.ts'
import { createTransport, type Transport } from '#src/upstreams/transport/index.ts'
import { type Sandbox, startSandbox } from '../../../../sandbox/index.ts'
import { createFailingStore } from '../../../support/failing-store.ts'
import { createTokenSource } from '../../../support/liondesk.ts'
import { createRunOptions } from '../../../support/properties.ts'

let sandbox: Sandbox
let time = Date.parse('2026-03-15T12:00:00Z')
let transport: Transport

const now = () => new Date(time)

beforeAll(async () => {
  sandbox = await startSandbox({ leads: 10 })
  transport = createTransport({ now, random: () => 0 })
})

afterAll(async () => {
  await transport.close()
  await sandbox.close()
})

const sealer = createSealer([randomBytes(32)])

const body = { city: 'Reno', listPrice: 499900.5, latitude: 40.76, photoUrls: ['https://example.com/1.jpg'] }

/** A process on the shared store. */
const startProcess = (store: Store, attemptTimeoutMs: number) => {
  const send: Transport['send'] = (request, signal) =>
    transport.send({ ...request, limits: { ...request.limits, attemptTimeoutMs } }, signal)
  const account = { tenant: 't', baseUrl: sandbox.liondesk.url }
  const tokens = createTokenSource(sandbox.liondesk.accessToken)
  const liondesk = createLionDesk({ account, tokens, send, drift: () => {}, now })
  const { create } = createEventProperties({
    upstreams: { getLionDesk: () => liondesk } as never,
    connections: { choose: async () => ({ id: 'main', account: 'a', tokens }) } as never,
    authorizer: {} as never,
    cachedSpacio: {} as never,
    idempotency: createIdempotency(store, sealer),
  })
  const caller = { tenant: 't', client: 'c', scopes: new Set<never>(), grants: allGrants }
  const call = {
    caller,
    signal: new AbortController().signal,
    includeSource: false,
    includeProperty: false,
    requestCache: createRequestCache(),
  }
  return (key: string) => create('9', body, { idempotencyKey: key }, call)
}

interface Step {
  fault: object | null
  findFails: boolean
  cutOffAt: number
  seconds: number
  times: number
  attemptMs: number
}

const fault = fc.oneof(
  fc.constant(null),
  fc.record({
    kind: fc.constantFrom('reset', 'reset-after-headers', 'cut', 'truncate', 'html', 'hang', 'slow-drip', 'gzip-bomb'),
    applied: fc.boolean(),
  }),
  fc.record({ kind: fc.constant('status'), status: fc.constantFrom(500, 502, 503, 504), applied: fc.boolean() }),
  fc.record({ kind: fc.constant('error'), code: fc.constantFrom('BadRequest', 'Forbidden', 'Conflict') }),
  fc.constantFrom({ kind: 'rate-reached' }, { kind: 'unauthorized' }),
)

const step: fc.Arbitrary<Step> = fc.record({
  fault,
  findFails: fc.boolean(),
  cutOffAt: fc.oneof(fc.constant(99), fc.nat({ max: 7 })),
  seconds: fc.constantFrom(0, 1, 59, 60, 300),
  times: fc.constantFrom(1, 1, 3),
  attemptMs: fc.constant(250),
})

const records = () => sandbox.control.liondesk.records('9')

/** The responses that it received. Each failure is a problem, never a bug. */
const live = async (store: Store, { fault, findFails, cutOffAt, seconds, times, attemptMs }: Step) => {
  const { liondesk } = sandbox.control
  liondesk.clearFaults()
  if (fault) liondesk.fault({ operation: 'create', ...fault } as never)
  if (findFails) liondesk.fault({ operation: 'find', kind: 'cut' })
  time += seconds * 1000
  const create = startProcess(createFailingStore(store, cutOffAt), attemptMs)
  const ends = await Promise.allSettled(Array.from({ length: times }, () => create('a')))
  for (const end of ends) if (end.status === 'rejected') expect(isProblem(end.reason), String(end.reason)).toBe(true)
  return ends.flatMap((end) => (end.status === 'fulfilled' ? [end.value.result] : []))
}

/** The breaker is closed again, and nothing fails any more. */
const calm: Step = { fault: null, findFails: false, cutOffAt: 99, seconds: 3600, times: 1, attemptMs: 10_000 }

test('random sequences of faults, crashes and repetitions write at most once', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 6 }), async (steps) => {
      sandbox.control.reset()
      const store = createMemoryStore(() => time)
      const answers: unknown[] = []
      for (const each of steps) {
        answers.push(...(await live(store, each)))
        expect(records().length).toBeLessThanOrEqual(1)
      }
      answers.push(...(await live(store, calm)))
      expect(records()).toHaveLength(1)
      for (const answer of answers) expect(answer).toMatchObject({ city: 'Reno', id: records()[0]?.id })
    }),
    createRunOptions(60),
  )
})
