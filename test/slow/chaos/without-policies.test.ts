/** The purpose of each policy: with all policies the problem does not occur, and without this one it does. */
import { expect, test } from 'vitest'
import { createBreaker } from '#src/upstreams/transport/breaker.ts'
import { createLocalLedger } from '#src/upstreams/transport/budget-ledger.ts'
import { createBulkhead } from '#src/upstreams/transport/bulkhead.ts'
import { compose, type TransportLayer } from '#src/upstreams/transport/compose.ts'
import { withDeadline } from '#src/upstreams/transport/deadline.ts'
import { createHourlyBudget } from '#src/upstreams/transport/hourly-budget.ts'
import { limits } from '#src/upstreams/transport/limits.ts'
import { createRetry } from '#src/upstreams/transport/retry.ts'
import type { Send } from '#src/upstreams/transport/types.ts'
import {
  createClock,
  createProblem,
  createRequest,
  createScriptedSend,
  getCode,
  okReply,
  type Request,
  toSettled,
  waitForever,
} from '../../support/transport.ts'

const names = ['deadline', 'retry', 'bulkhead', 'breaker', 'budget'] as const

type Name = (typeof names)[number]

const getRules = (): Record<Name, TransportLayer> => {
  const { now, monotonic } = createClock()
  const random = () => 0
  const ledger = createLocalLedger(now)
  return {
    deadline: withDeadline,
    retry: createRetry({ now, random }),
    bulkhead: createBulkhead().bulkhead,
    breaker: createBreaker({ now, random }).breaker,
    budget: createHourlyBudget({ ledger, maxReplicas: null, now, monotonic, startedAt: 0 }).hourlyBudget,
  }
}

const through = (order: readonly Name[], attempt: Send): Send => {
  const rules = getRules()
  return compose(
    order.map((name) => rules[name]),
    attempt,
  )
}

type Measure = (order: readonly Name[]) => Promise<unknown>

/** The number of attempts for a number of sequential calls that all end in the same way. */
const getAttempts =
  (calls: number, fault: Parameters<typeof createScriptedSend>[0], more: Partial<Request> = {}): Measure =>
  async (order) => {
    const { send, sent } = createScriptedSend(fault)
    const all = through(order, send)
    for (let call = 0; call < calls; call += 1) await toSettled(all(createRequest(more), waitForever()))
    return sent.length
  }

const endsInTime: Measure = async (order) => {
  const deaf: Send = () => new Promise(() => {})
  const call = through(order, deaf)(
    createRequest({ limits: { ...limits.spacioRead, totalTimeoutMs: 20 } }),
    waitForever(),
  )
  const isWaiting = new Promise((resolve) => setTimeout(resolve, 300, 'nothing'))
  return Promise.race([toSettled(call).then(getCode), isWaiting])
}

const outcomeOfOneReset: Measure = async (order) => {
  const { send } = createScriptedSend(createProblem('upstream-failed'), okReply)
  return getCode(await toSettled(through(order, send)(createRequest(), waitForever())))
}

const mostAtOnce: Measure = async (order) => {
  let [present, most] = [0, 0]
  const slow: Send = async (request) => {
    present += 1
    most = Math.max(most, present)
    await new Promise((resolve) => setImmediate(resolve))
    present -= 1
    return request.read(okReply, false)
  }
  const send = through(order, slow)
  await Promise.all(Array.from({ length: 50 }, () => send(createRequest(), waitForever())))
  return most
}

const unreadable = createProblem('upstream-invalid-response', 200)
const quota = { apiKey: 'key', cap: 100 }

test.each<[Name, string, Measure, { kept: unknown; lost: unknown }]>([
  ['deadline', 'a call hangs forever', endsInTime, { kept: 'upstream-timeout', lost: 'nothing' }],
  ['retry', 'the caller sees each reset', outcomeOfOneReset, { kept: 'an answer', lost: 'upstream-failed' }],
  ['bulkhead', 'many calls run at the same time', mostAtOnce, { kept: 12, lost: 50 }],
  ['breaker', 'a failing upstream gets every call', getAttempts(20, unreadable), { kept: 5, lost: 20 }],
  ['budget', 'the hourly limit is exceeded', getAttempts(120, okReply, { quota }), { kept: 95, lost: 120 }],
])('without the %s %s', async (name, _happens, measure, { kept, lost }) => {
  expect(await measure(names)).toEqual(kept)
  expect(await measure(names.filter((each) => each !== name))).toEqual(lost)
})

/** The retry comes after the layers that count attempts, and is therefore inside them. */
const retryWithin = (name: Name): Name[] => {
  const others = names.filter((each) => each !== 'retry')
  return others.flatMap((each) => (each === name ? [each, 'retry' as const] : [each]))
}

const passing = createProblem('upstream-failed', 503)

test('a retry inside the breaker would hide every second failure from it', async () => {
  const measure = getAttempts(10, passing)
  expect(await measure(names)).toBe(5)
  expect(await measure(retryWithin('breaker'))).toBe(10)
})

test('a retry inside the budget would make uncounted calls', async () => {
  const measure = getAttempts(4, passing, { quota: { ...quota, cap: 4 } })
  expect(await measure(names)).toBe(4)
  expect(await measure(retryWithin('budget'))).toBeGreaterThan(4)
})
