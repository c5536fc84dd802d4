/** Limits concurrent calls, queued calls and the time in the queue. */
import { describe, expect, test } from 'vitest'
import { createBulkhead } from '#src/upstreams/transport/bulkhead.ts'
import { compose } from '#src/upstreams/transport/compose.ts'
import { limits } from '#src/upstreams/transport/limits.ts'
import type { Send } from '#src/upstreams/transport/types.ts'
import { createRequest, getCode, okReply, type Request, toSettled, waitForever } from '../../../support/transport.ts'

const small = { ...limits.spacioReport, maxInFlight: 2, maxQueued: 3, maxWaitMs: 60_000 }

/** Calls that end when a test resolves them. */
const createGate = () => {
  const { bulkhead, getMetrics } = createBulkhead()
  const under: { operation: string; end: (error?: Error) => void }[] = []
  const started: string[] = []
  const send = compose(
    [bulkhead],
    ((request) =>
      new Promise((resolve, reject) => {
        started.push(request.operation)
        under.push({
          operation: request.operation,
          end: (error) => (error ? reject(error) : resolve(request.read(okReply, false))),
        })
      })) as Send,
  )
  const call = (operation: string, more: Partial<Request> = {}, signal = waitForever()) =>
    toSettled(send(createRequest({ operation, limits: small, ...more }), signal))
  const turn = () => new Promise((resolve) => setImmediate(resolve))
  return { call, started, turn, under, of: () => getMetrics('t', 'spacio', 'report') }
}

test('the queue advances in order, after a success and after a failure', async () => {
  const { call, started, turn, under, of } = createGate()
  const calls = ['a', 'b', 'c', 'd'].map((name) => call(name))
  await turn()
  expect([started, of()]).toEqual([['a', 'b'], { inFlight: 2, queued: 2 }])
  under[1]?.end(new Error('x'))
  await turn()
  expect([started, of()]).toEqual([['a', 'b', 'c'], { inFlight: 2, queued: 1 }])
  for (let index = 0; index < 4; index += 1) {
    under[index]?.end()
    await turn()
  }
  await Promise.all(calls)
  expect([started, of()]).toEqual([['a', 'b', 'c', 'd'], { inFlight: 0, queued: 0 }])
})

test('a call is rejected if the queue is full', async () => {
  const { call, started, turn, under, of } = createGate()
  const calls = ['a', 'b', 'c', 'd', 'e'].map((name) => call(name))
  const refused = await call('f')
  expect(getCode(refused)).toBe('overloaded')
  expect(refused).toMatchObject({ fields: { retryAfter: 1, upstream: { status: null } } })
  expect([started, of()]).toEqual([['a', 'b'], { inFlight: 2, queued: 3 }])
  for (let index = 0; index < 5; index += 1) {
    under[index]?.end()
    await turn()
  }
  expect((await Promise.all(calls)).map(getCode)).toEqual(Array(5).fill('an answer'))
})

test('a call that waited too long is rejected, and its slot in the queue is freed', async () => {
  const { call, under, of } = createGate()
  const patient = [call('a'), call('b')]
  const refused = await call('c', { limits: { ...small, maxWaitMs: 5 } })
  expect(getCode(refused)).toBe('overloaded')
  expect(of()).toEqual({ inFlight: 2, queued: 0 })
  for (const { end } of under) end()
  await Promise.all(patient)
  expect(of()).toEqual({ inFlight: 0, queued: 0 })
})

test('a client that disconnects leaves the queue, and its call is not sent', async () => {
  const { call, started, turn, under, of } = createGate()
  const leaving = new AbortController()
  const others = [call('a'), call('b')]
  const gone = call('c', { writes: true }, leaving.signal)
  others.push(call('d'))
  leaving.abort(new Error('the client has left'))
  expect((await gone) as object).toMatchObject({ fields: expect.not.objectContaining({ outcome: 'unknown' }) })
  expect(of()).toEqual({ inFlight: 2, queued: 1 })
  for (let index = 0; index < 3; index += 1) {
    under[index]?.end()
    await turn()
  }
  await Promise.all(others)
  expect([started, of()]).toEqual([['a', 'b', 'd'], { inFlight: 0, queued: 0 }])
})

test('a call that is already aborted takes no slot', async () => {
  const { call, started, of } = createGate()
  await call('a', {}, AbortSignal.abort(new Error('gone')))
  expect([started, of()]).toEqual([[], { inFlight: 0, queued: 0 }])
})

describe('a full bulkhead does not affect others', () => {
  test.each<[string, Partial<Request>]>([
    ['tenant', { tenant: 'other' }],
    ['class', { limits: { ...limits.spacioRead } }],
    ['upstream', { system: 'liondesk' }],
  ])('%s', async (_name, more) => {
    const { call, started, under } = createGate()
    const calls = ['a', 'b', 'c'].map((name) => call(name))
    calls.push(call('d', more))
    await new Promise((resolve) => setImmediate(resolve))
    expect(started).toEqual(['a', 'b', 'd'])
    for (let index = 0; index < 4; index += 1) {
      under[index]?.end()
      await new Promise((resolve) => setImmediate(resolve))
    }
    await Promise.all(calls)
  })
})
