/** The breaker sends no calls to a failing upstream for a while, then a single probe. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createBreaker } from '#src/upstreams/transport/breaker.ts'
import { createCircuit } from '#src/upstreams/transport/circuit.ts'
import { compose } from '#src/upstreams/transport/compose.ts'
import { createRejection } from '#src/upstreams/transport/errors.ts'
import { limits } from '#src/upstreams/transport/limits.ts'
import type { Send } from '#src/upstreams/transport/types.ts'
import { createRunOptions } from '../../../support/properties.ts'
import {
  createClock,
  createProblem,
  createRequest,
  getCode,
  okReply,
  type Request,
  type Step,
  toSettled,
  waitForever,
} from '../../../support/transport.ts'

const middle = () => 0.5

const createWard = (random = middle) => {
  const clock = createClock()
  const { breaker, getMetrics } = createBreaker({ now: clock.now, random })
  let step: Step = okReply
  let calls = 0
  const send = compose([breaker], (async (request) => {
    calls += 1
    if (step instanceof Error) throw step
    return request.read(step, false)
  }) as Send)
  const call = async (given: Step, more: Partial<Request> = {}, signal = waitForever()): Promise<unknown> => {
    step = given
    return toSettled(send(createRequest(more), signal))
  }
  return {
    call,
    pass: clock.pass,
    calls: () => calls,
    of: (name = 'read') => getMetrics('t', 'spacio', name),
    many: async (count: number, given: Step, more: Partial<Request> = {}) => {
      for (let index = 0; index < count; index += 1) await call(given, more)
    },
  }
}

const fault = createProblem('upstream-failed', 503)
const answers = [
  okReply,
  createProblem('not-found', 404),
  createProblem('upstream-access-denied', 403),
  createProblem('upstream-rate-limited', 503),
  createProblem('upstream-failed', 404),
]

test('five consecutive failures open the circuit, and the rejection states how long', async () => {
  const ward = createWard()
  await ward.many(4, fault)
  expect(ward.of()).toEqual({ state: 'closed', retryAfter: null })
  await ward.call(fault)
  expect(ward.of()).toEqual({ state: 'open', retryAfter: 10 })
  ward.pass(2_500)
  const refused = await ward.call(okReply)
  expect(getCode(refused)).toBe('upstream-unavailable')
  expect(refused).toMatchObject({ fields: { retryAfter: 8, upstream: { system: 'spacio', status: null } } })
  expect(ward.calls()).toBe(5)
})

test.each([
  createProblem('upstream-failed'),
  createProblem('upstream-timeout'),
  createProblem('upstream-invalid-response', 200),
  fault,
])('%s is a failure', async (failure) => {
  const ward = createWard()
  await ward.many(5, failure)
  expect(ward.of().state).toBe('open')
})

test.each(answers)('a documented error of the upstream counts as success: %#', async (answer) => {
  const ward = createWard()
  await ward.many(4, fault)
  await ward.call(answer)
  await ward.many(4, fault)
  expect(ward.of().state).toBe('closed')
})

test.each([
  ['a rejection by the gateway', createRejection(createRequest(), 'upstream-rate-limited', 1), waitForever()],
  ['an internal error', new TypeError('x'), waitForever()],
  ['a client disconnect', createProblem('upstream-failed'), AbortSignal.abort(new Error('the client has left'))],
])('%s neither hides failures nor counts as one', async (_name, step, signal) => {
  const ward = createWard()
  await ward.many(4, fault)
  for (let index = 0; index < 9; index += 1) await ward.call(step, {}, signal)
  expect(ward.of().state).toBe('closed')
  await ward.call(fault)
  expect(ward.of().state).toBe('open')
})

describe('half of the calls in 30 s', () => {
  test('open the circuit from the tenth call on', async () => {
    const ward = createWard()
    for (let index = 0; index < 4; index += 1) {
      await ward.call(okReply)
      await ward.call(fault)
    }
    await ward.call(okReply)
    expect(ward.of().state).toBe('closed')
    await ward.call(fault)
    expect(ward.of().state).toBe('open')
  })

  test('older calls do not count', async () => {
    const ward = createWard()
    for (let index = 0; index < 30; index += 1) {
      ward.pass(3_751)
      await ward.call(index % 2 === 0 ? okReply : fault)
    }
    expect(ward.of().state).toBe('closed')
  })

  test('fewer than half do not open the circuit', async () => {
    const ward = createWard()
    for (let index = 0; index < 100; index += 1) await ward.call(index % 5 < 3 ? okReply : fault)
    expect(ward.of().state).toBe('closed')
  })
})

describe('a probe', () => {
  test('is a single call, and closes the circuit or doubles the pause, up to two minutes', async () => {
    const ward = createWard()
    await ward.many(5, fault)
    for (const seconds of [10, 20, 40, 80, 120, 120]) {
      expect(ward.of()).toEqual({ state: 'open', retryAfter: seconds })
      ward.pass(seconds * 1000 - 1)
      expect(getCode(await ward.call(fault))).toBe('upstream-unavailable')
      ward.pass(1)
      expect(ward.of()).toEqual({ state: 'half-open', retryAfter: null })
      expect(getCode(await ward.call(fault))).toBe('upstream-failed')
    }
    ward.pass(120_000)
    expect(getCode(await ward.call(okReply))).toBe('an answer')
    expect(ward.of().state).toBe('closed')
    await ward.many(4, fault)
    expect(ward.of().state).toBe('closed')
    await ward.call(fault)
    expect(ward.of()).toEqual({ state: 'open', retryAfter: 10 })
  })

  test('without a conclusive result is followed by another', async () => {
    const ward = createWard()
    await ward.many(5, fault)
    ward.pass(10_000)
    await ward.call(createProblem('upstream-failed'), {}, AbortSignal.abort(new Error('gone')))
    expect(ward.of().state).toBe('half-open')
    expect(getCode(await ward.call(okReply))).toBe('an answer')
    expect(ward.of().state).toBe('closed')
  })

  test('is made by one of many concurrent callers', () => {
    const clock = createClock()
    const circuit = createCircuit(clock.now, middle)
    for (let index = 0; index < 5; index += 1) circuit.admit()?.('failure')
    clock.pass(10_000)
    const probe = circuit.admit()
    expect(probe).not.toBeNull()
    expect(Array.from({ length: 50 }, () => circuit.admit())).toEqual(Array(50).fill(null))
    probe?.('success')
    expect(circuit.admit()).not.toBeNull()
  })
})

test('ignores the results of calls that started before the circuit opened', () => {
  const clock = createClock()
  const circuit = createCircuit(clock.now, middle)
  const delayed = Array.from({ length: 20 }, () => circuit.admit())
  for (let index = 0; index < 5; index += 1) circuit.admit()?.('failure')
  delayed[0]?.('success')
  expect(circuit.getState()).toBe('open')
  for (const settle of delayed.slice(1)) settle?.('failure')
  expect(circuit.getRemainingMs()).toBe(10_000)
})

test.each([
  [0, 8],
  [0.999999, 12],
])('jitter changes a pause by at most a fifth: %d', async (chance, seconds) => {
  const ward = createWard(() => chance)
  await ward.many(5, fault)
  expect(ward.of().retryAfter).toBe(seconds)
})

test('a clock that is set back ends a pause', async () => {
  const ward = createWard()
  await ward.many(5, fault)
  ward.pass(-3_600_000)
  expect(getCode(await ward.call(okReply))).toBe('an answer')
})

test.each<[string, Partial<Request>]>([
  ['tenant', { tenant: 'other' }],
  ['class', { limits: limits.spacioReport }],
  ['upstream', { system: 'liondesk' }],
])('an open circuit does not affect any other %s', async (_name, more) => {
  const ward = createWard()
  await ward.many(5, fault)
  expect(getCode(await ward.call(okReply, more))).toBe('an answer')
  expect(getCode(await ward.call(okReply))).toBe('upstream-unavailable')
})

describe('random sequences', () => {
  const events = fc.array(
    fc.record({
      pass: fc.oneof(fc.nat(2_000), fc.nat(200_000)),
      outcome: fc.constantFrom('success', 'failure', 'failure', 'neither'),
    }),
    { maxLength: 80 },
  )

  /** A simple model of the rule: the events since the breaker closed, and the time at which it opened. */
  const createModel = () => {
    let since: { at: number; failed: boolean }[] = []
    let opened: { at: number; pauses: number } | null = null
    const isOpen = (now: number) =>
      opened !== null && now < opened.at + Math.min(120, 10 * 2 ** (opened.pauses - 1)) * 1000
    return {
      isOpen,
      note: (now: number, outcome: string) => {
        if (outcome === 'neither') return
        if (opened) {
          opened = outcome === 'failure' ? { at: now, pauses: opened.pauses + 1 } : null
          since = []
          return
        }
        since.push({ at: now, failed: outcome === 'failure' })
        const recent = since.filter(({ at }) => at > now - 30_000)
        const failed = recent.filter((each) => each.failed).length
        const isHalf = outcome === 'failure' && recent.length >= 10 && failed * 2 >= recent.length
        const inARow = since.length >= 5 && since.slice(-5).every((each) => each.failed)
        if (isHalf || inARow) opened = { at: now, pauses: 1 }
      },
    }
  }

  test('match the model', () => {
    fc.assert(
      fc.property(events, (sequence) => {
        const clock = createClock()
        const circuit = createCircuit(clock.now, middle)
        const model = createModel()
        for (const { pass, outcome } of sequence) {
          clock.pass(pass)
          const settle = circuit.admit()
          expect(settle === null).toBe(model.isOpen(clock.now()))
          if (!settle) continue
          settle(outcome as 'success')
          model.note(clock.now(), outcome)
        }
      }),
      createRunOptions(1_000),
    )
  })
})
