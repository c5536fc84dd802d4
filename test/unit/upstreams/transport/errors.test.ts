/** What a fault means: whether anything left the house, and whether it tells of the upstream's health. */
import { describe, expect, test } from 'vitest'
import { Problem } from '#src/problems.ts'
import { createAttempts } from '#src/upstreams/transport/dispatch.ts'
import {
  faultOf,
  hasLeft,
  isAnswer,
  isFailure,
  notSent,
  refusalOf,
  wasNotSent,
} from '#src/upstreams/transport/errors.ts'
import { answerWith, startStub } from '../../../support/stub.ts'
import { problem, requestOf, settled } from '../../../support/transport.ts'

const error = (more: object): Error => Object.assign(new Error('x'), more)

describe('proof that nothing was sent', () => {
  test.each<[string, unknown, boolean]>([
    ['a connection refused', error({ code: 'ECONNREFUSED', syscall: 'connect' }), true],
    ['no route when connecting', error({ code: 'EHOSTUNREACH', syscall: 'connect' }), true],
    ['no route later', error({ code: 'EHOSTUNREACH', syscall: 'read' }), false],
    ['a system timeout when connecting', error({ code: 'ETIMEDOUT', syscall: 'connect' }), true],
    ['a system timeout later', error({ code: 'ETIMEDOUT', syscall: 'read' }), false],
    ['no such name', error({ code: 'ENOTFOUND', syscall: 'getaddrinfo' }), true],
    ['a connection that takes too long', error({ code: 'UND_ERR_CONNECT_TIMEOUT' }), true],
    [
      'every address refused',
      error({ errors: [error({ syscall: 'connect' }), error({ syscall: 'connect' })], code: 'ECONNREFUSED' }),
      true,
    ],
    ['some of several', error({ errors: [error({ syscall: 'connect' }), error({ syscall: 'write' })] }), false],
    ['an empty collection', error({ errors: [], code: 'ECONNREFUSED' }), false],
    ['given up while it waited here', notSent(new Error('gone')), true],
    ['a reset', error({ code: 'ECONNRESET', syscall: 'read' }), false],
    ['a reset while writing', error({ code: 'EPIPE', syscall: 'write' }), false],
    ['the other side closed', error({ code: 'UND_ERR_SOCKET' }), false],
    ['an abort', error({ name: 'AbortError' }), false],
    ['nothing known', undefined, false],
  ])('%s', (_name, cause, want) => {
    expect(wasNotSent(cause)).toBe(want)
    const { fields } = faultOf(requestOf({ writes: true }), 'upstream-failed', cause)
    expect(fields.outcome).toBe(want ? undefined : 'unknown')
  })
})

describe('health', () => {
  const undocumented = new Problem('upstream-failed', {
    upstream: { system: 'spacio', operation: 'x', code: null, status: 200, retryable: false },
  })
  const feathers = new Problem('upstream-failed', {
    upstream: { system: 'liondesk', operation: 'x', code: 'general-error', status: 200, retryable: true },
  })

  test.each<[string, unknown, 'failure' | 'answer' | 'neither']>([
    ['a fault of transport', problem('upstream-failed'), 'failure'],
    ['a fault of transport of a write', faultOf(requestOf({ writes: true }), 'upstream-failed'), 'failure'],
    ['a timeout', problem('upstream-timeout'), 'failure'],
    ['a wrong shape', problem('upstream-invalid-response', 200), 'failure'],
    ['too large a body', problem('upstream-invalid-response'), 'failure'],
    ['500', problem('upstream-failed', 500), 'failure'],
    ['a server error told with 200', feathers, 'failure'],
    ['an undocumented error with 200', undocumented, 'answer'],
    ['an undocumented 404', problem('upstream-failed', 404), 'answer'],
    ['rate-reached with 503', problem('upstream-rate-limited', 503), 'answer'],
    ['denied', problem('upstream-access-denied', 403), 'answer'],
    ['not found', problem('not-found', 404), 'answer'],
    ['invalid', problem('unprocessable', 422), 'answer'],
    ['our own refusal: overloaded', refusalOf(requestOf(), 'overloaded', 1), 'neither'],
    ['our own refusal: breaker', refusalOf(requestOf(), 'upstream-unavailable', 1), 'neither'],
    ['our own refusal: budget', refusalOf(requestOf(), 'upstream-rate-limited', 1), 'neither'],
    ['a defect of ours', new TypeError('x'), 'neither'],
  ])('%s', (_name, given, want) => {
    const found = isFailure(given) ? 'failure' : isAnswer(given) ? 'answer' : 'neither'
    expect(found).toBe(want)
  })
})

test('what is given up before it is sent has no unknown outcome', async () => {
  const stub = await startStub(answerWith({}))
  const { send, close } = createAttempts({ connectMs: 2_000, monotonic: () => 0 })
  const gone = AbortSignal.abort(new Error('gone'))
  const outcome = await settled(send(requestOf({ writes: true, baseUrl: stub.url }), gone))
  expect(outcome).toMatchObject({
    code: 'upstream-failed',
    fields: expect.not.objectContaining({ outcome: 'unknown' }),
  })
  expect(stub.paths).toEqual([])
  await close()
  await stub.close()
})

test('a deadline is not a caller who left', () => {
  const left = AbortSignal.abort(new Error('the client has left'))
  const late = AbortSignal.abort(new DOMException('late', 'TimeoutError'))
  expect([hasLeft(left), hasLeft(AbortSignal.any([left])), hasLeft(late), hasLeft(AbortSignal.any([late]))]).toEqual([
    true,
    true,
    false,
    false,
  ])
  expect(hasLeft(new AbortController().signal)).toBe(false)
})
