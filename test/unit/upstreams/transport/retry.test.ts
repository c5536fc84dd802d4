/** At most one retry, and only if it is safe and may help. */
import { describe, expect, test } from 'vitest'
import type { Problem } from '#src/problems.ts'
import { createNotSentError, createTransportProblem, createTruncationError } from '#src/upstreams/transport/errors.ts'
import { limits } from '#src/upstreams/transport/limits.ts'
import { createRetry } from '#src/upstreams/transport/retry.ts'
import {
  createClock,
  createProblem,
  createRequest,
  createScriptedSend,
  okReply,
  type Request,
  type Step,
  toSettled,
  waitForever,
} from '../../../support/transport.ts'

const { now } = createClock()
const fresh = () => createRetry({ now, random: () => 0 })

const refused = Object.assign(new Error('x'), { code: 'ECONNREFUSED', syscall: 'connect' })
const reset = Object.assign(new Error('x'), { code: 'ECONNRESET' })

const faults: Record<string, (request: Request) => Problem> = {
  'a connection refused': (request) => createTransportProblem(request, 'upstream-failed', refused),
  'a connection that takes too long': (request) =>
    createTransportProblem(
      request,
      'upstream-timeout',
      Object.assign(new Error('x'), { code: 'UND_ERR_CONNECT_TIMEOUT' }),
    ),
  'a reset': (request) => createTransportProblem(request, 'upstream-failed', reset),
  'a truncated body': () => createProblem('upstream-invalid-response', 200, { cause: createTruncationError('x') }),
  'a truncated compressed body': (request) =>
    createTransportProblem(
      request,
      'upstream-invalid-response',
      Object.assign(new Error('x'), { code: 'Z_BUF_ERROR' }),
    ),
  '500': () => createProblem('upstream-failed', 500),
  '502': () => createProblem('upstream-failed', 502),
  '503': () => createProblem('upstream-failed', 503),
  '504': () => createProblem('upstream-failed', 504),
  '501': () => createProblem('upstream-failed', 501),
  '508': () => createProblem('upstream-failed', 508),
  '418': () => createProblem('upstream-failed', 418),
  'a timed-out attempt': (request) => createTransportProblem(request, 'upstream-timeout', new Error('x')),
  '408': () => createProblem('upstream-timeout', 408),
  'HTML or wrong shape': () => createProblem('upstream-invalid-response', 200, { cause: new Error('x') }),
  'too large a body': (request) => createTransportProblem(request, 'upstream-invalid-response', new Error('x')),
  'rate-reached with 503': () => createProblem('upstream-rate-limited', 503),
  'no access': () => createProblem('upstream-access-denied', 403),
  'not found': () => createProblem('not-found', 404),
}

const always = ['a connection refused', 'a connection that takes too long']
const whereIdempotent = [
  ...always,
  'a reset',
  'a truncated body',
  'a truncated compressed body',
  '500',
  '502',
  '503',
  '504',
]

const kinds: [string, Partial<Request>, string[]][] = [
  ['a Spacio read', { method: 'POST' }, whereIdempotent],
  ['LionDesk GET', { system: 'liondesk', method: 'GET', limits: limits.liondeskRead }, whereIdempotent],
  ['DELETE', { system: 'liondesk', method: 'DELETE', writes: true, limits: limits.liondeskWrite }, whereIdempotent],
  ['LionDesk POST', { system: 'liondesk', method: 'POST', writes: true, limits: limits.liondeskWrite }, always],
  ['PATCH', { system: 'liondesk', method: 'PATCH', writes: true, limits: limits.liondeskWrite }, always],
]

describe.each(kinds)('%s', (_kind, more, repeated) => {
  test.each(Object.keys(faults))('after %s', async (name) => {
    const request = createRequest(more)
    const fault = (faults[name] as (request: Request) => Problem)(request)
    const { send, sent } = createScriptedSend(fault)

    expect(await toSettled(fresh()(send)(request, waitForever()))).toBe(fault)

    expect(sent.length).toBe(repeated.includes(name) ? 2 : 1)
  })
})

test('the retry may succeed', async () => {
  const { send } = createScriptedSend(createProblem('upstream-failed', 503), okReply)
  expect(await fresh()(send)(createRequest(), waitForever())).toBe(okReply)
})

describe('the result after a retry', () => {
  const first = createProblem('upstream-failed', 503)

  test.each<[string, Step, 'first' | 'second']>([
    ['an answer', createProblem('upstream-access-denied', 403), 'second'],
    ['rate-reached', createProblem('upstream-rate-limited', 429), 'second'],
    ['another fault', createProblem('upstream-timeout'), 'first'],
    ['the breaker', createProblem('upstream-unavailable'), 'first'],
    ['a connection refused', createTransportProblem(createRequest(), 'upstream-failed', refused), 'first'],
    ['an internal error', new TypeError('x'), 'second'],
  ])('%s', async (_name, second, want) => {
    const { send } = createScriptedSend(first, second)
    expect(await toSettled(fresh()(send)(createRequest(), waitForever()))).toBe(want === 'first' ? first : second)
  })
})

describe('the first attempt was never sent', () => {
  const request = createRequest({ system: 'liondesk', writes: true })
  const first = createTransportProblem(request, 'upstream-failed', refused)

  test.each<[string, Problem, 'first' | 'second']>([
    ['a fault of the repetition counts', createTransportProblem(request, 'upstream-failed', reset), 'second'],
    ['a rejection by the gateway does not', createProblem('upstream-unavailable'), 'first'],
  ])('%s', async (_name, second, want) => {
    const { send } = createScriptedSend(first, second)
    expect(await toSettled(fresh()(send)(request, waitForever()))).toBe(want === 'first' ? first : second)
  })
})

test.each([
  ['may have been executed', reset, [false, true]],
  ['was not sent', refused, [false, false]],
  ['was not sent, but an earlier one may have been executed', refused, [true, true]],
])('the reader learns that a first attempt %s', async (_name, cause, [isRetry = false, want]) => {
  const request = createRequest({ method: 'DELETE', writes: true, isRetry })
  const { send, sent } = createScriptedSend(createTransportProblem(request, 'upstream-failed', cause), okReply)
  await fresh()(send)(request, waitForever())
  expect(sent.map((each) => each.isRetry)).toEqual([isRetry, want])
})

describe('a client disconnect', () => {
  test('during the attempt costs no retry', async () => {
    const retry = fresh()
    const leaving = new AbortController()
    const { send, sent } = createScriptedSend(createProblem('upstream-failed'))
    for (let call = 0; call < 10; call += 1) {
      const pending = toSettled(retry(send)(createRequest(), leaving.signal))
      leaving.abort(new Error('gone'))
      await pending
    }
    expect(sent.length).toBe(10)
    await toSettled(retry(send)(createRequest(), waitForever()))
    expect(sent.length).toBe(12)
  })

  test('during the pause ends the call', async () => {
    const leaving = new AbortController()
    const { send, sent } = createScriptedSend(createProblem('upstream-failed'))
    const pending = toSettled(createRetry({ now, random: () => 1 })(send)(createRequest(), leaving.signal))
    await new Promise((resolve) => setImmediate(resolve))
    leaving.abort(new Error('gone'))
    expect(await pending).toMatchObject({ code: 'upstream-failed' })
    expect(sent.length).toBe(1)
  })
})

test('a call that was aborted in a queue is not retried', async () => {
  const leaving = AbortSignal.abort(new Error('gone'))
  const request = createRequest()
  const { send, sent } = createScriptedSend(
    createTransportProblem(request, 'upstream-failed', createNotSentError(leaving.reason)),
  )
  await toSettled(fresh()(send)(request, leaving))
  expect(sent.length).toBe(1)
})

describe('the retry budget', () => {
  const failing = () => createScriptedSend(createProblem('upstream-failed', 503))

  const findRepetitions = async (calls: number, retry = fresh(), more: Partial<Request> = {}): Promise<number> => {
    const { send, sent } = failing()
    const through = retry(send)
    for (let call = 0; call < calls; call += 1) await toSettled(through(createRequest(more), waitForever()))
    return sent.length - calls
  }

  test.each([
    [1, 1],
    [6, 6],
    [7, 6],
    [20, 8],
    [50, 11],
    [200, 26],
  ])('of %i calls that fail in a minute, %i are retried', async (calls, want) => {
    expect(await findRepetitions(calls)).toBe(want)
  })

  test('is restored after a minute', async () => {
    const clock = createClock()
    const retry = createRetry({ now: clock.now, random: () => 0 })
    expect(await findRepetitions(20, retry)).toBe(8)
    clock.pass(59_999)
    expect(await findRepetitions(1, retry)).toBe(0)
    clock.pass(1)
    expect(await findRepetitions(20, retry)).toBe(8)
  })

  test('is separate for each tenant and upstream', async () => {
    const retry = fresh()
    await findRepetitions(20, retry)
    expect(await findRepetitions(5, retry, { tenant: 'other' })).toBe(5)
    expect(await findRepetitions(5, retry, { system: 'liondesk', method: 'GET' })).toBe(5)
    expect(await findRepetitions(1, retry)).toBe(0)
  })
})
