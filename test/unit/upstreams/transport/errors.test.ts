/** The meaning of an error: whether data was sent, and whether it counts as a failure of the upstream. */
import { describe, expect, test } from 'vitest'
import { Problem } from '#src/problems.ts'
import { createRequestDispatcher } from '#src/upstreams/transport/dispatch.ts'
import {
  createNotSentError,
  createRejection,
  createTransportProblem,
  isClientGone,
  isFailure,
  isUpstreamAnswer,
  wasNotSent,
} from '#src/upstreams/transport/errors.ts'
import { createAnswer, startStub } from '../../../support/stub.ts'
import { createProblem, createRequest, toSettled } from '../../../support/transport.ts'

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
    ['aborted before it was sent', createNotSentError(new Error('gone')), true],
    ['a reset', error({ code: 'ECONNRESET', syscall: 'read' }), false],
    ['a reset while writing', error({ code: 'EPIPE', syscall: 'write' }), false],
    ['the other side closed', error({ code: 'UND_ERR_SOCKET' }), false],
    ['an abort', error({ name: 'AbortError' }), false],
    ['nothing known', undefined, false],
  ])('%s', (_name, cause, want) => {
    expect(wasNotSent(cause)).toBe(want)
    const { fields } = createTransportProblem(createRequest({ writes: true }), 'upstream-failed', cause)
    expect(fields.outcome).toBe(want ? undefined : 'unknown')
  })
})

describe('health of an upstream', () => {
  const undocumented = new Problem('upstream-failed', {
    upstream: { system: 'spacio', operation: 'x', code: null, status: 200, retryable: false },
  })
  const feathers = new Problem('upstream-failed', {
    upstream: { system: 'liondesk', operation: 'x', code: 'general-error', status: 200, retryable: true },
  })

  test.each<[string, unknown, 'failure' | 'answer' | 'neither']>([
    ['a fault of transport', createProblem('upstream-failed'), 'failure'],
    [
      'a fault of transport of a write',
      createTransportProblem(createRequest({ writes: true }), 'upstream-failed'),
      'failure',
    ],
    ['a timeout', createProblem('upstream-timeout'), 'failure'],
    ['a wrong shape', createProblem('upstream-invalid-response', 200), 'failure'],
    ['too large a body', createProblem('upstream-invalid-response'), 'failure'],
    ['500', createProblem('upstream-failed', 500), 'failure'],
    ['a server error with status 200', feathers, 'failure'],
    ['an undocumented error with 200', undocumented, 'answer'],
    ['an undocumented 404', createProblem('upstream-failed', 404), 'answer'],
    ['rate-reached with 503', createProblem('upstream-rate-limited', 503), 'answer'],
    ['denied', createProblem('upstream-access-denied', 403), 'answer'],
    ['not found', createProblem('not-found', 404), 'answer'],
    ['invalid', createProblem('unprocessable', 422), 'answer'],
    ['rejection by the gateway: overloaded', createRejection(createRequest(), 'overloaded', 1), 'neither'],
    ['rejection by the gateway: circuit open', createRejection(createRequest(), 'upstream-unavailable', 1), 'neither'],
    ['rejection by the gateway: budget', createRejection(createRequest(), 'upstream-rate-limited', 1), 'neither'],
    ['an internal error', new TypeError('x'), 'neither'],
  ])('%s', (_name, given, want) => {
    const found = isFailure(given) ? 'failure' : isUpstreamAnswer(given) ? 'answer' : 'neither'
    expect(found).toBe(want)
  })
})

test('a call that is aborted before it is sent has no unknown outcome', async () => {
  const stub = await startStub(createAnswer({}))
  const { send, close } = createRequestDispatcher({ connectTimeoutMs: 2_000, monotonic: () => 0 })
  const gone = AbortSignal.abort(new Error('gone'))
  const outcome = await toSettled(send(createRequest({ writes: true, baseUrl: stub.url }), gone))
  expect(outcome).toMatchObject({
    code: 'upstream-failed',
    fields: expect.not.objectContaining({ outcome: 'unknown' }),
  })
  expect(stub.paths).toEqual([])
  await close()
  await stub.close()
})

test('a deadline does not count as a client disconnect', () => {
  const left = AbortSignal.abort(new Error('the client has left'))
  const delayed = AbortSignal.abort(new DOMException('late', 'TimeoutError'))
  expect([
    isClientGone(left),
    isClientGone(AbortSignal.any([left])),
    isClientGone(delayed),
    isClientGone(AbortSignal.any([delayed])),
  ]).toEqual([true, true, false, false])
  expect(isClientGone(new AbortController().signal)).toBe(false)
})
