/** What each policy is for: with all of them it does not happen, and without that one it does. */
import { expect, test } from 'vitest'
import { createBreaker } from '#src/upstreams/transport/breaker.ts'
import { createLocalLedger } from '#src/upstreams/transport/budget-ledger.ts'
import { createBulkhead } from '#src/upstreams/transport/bulkhead.ts'
import { type Rule, stack } from '#src/upstreams/transport/compose.ts'
import { deadline } from '#src/upstreams/transport/deadline.ts'
import { createHourlyBudget } from '#src/upstreams/transport/hourly-budget.ts'
import { limits } from '#src/upstreams/transport/limits.ts'
import { createRetry } from '#src/upstreams/transport/retry.ts'
import type { Send } from '#src/upstreams/transport/types.ts'
import {
  codeOf,
  createClock,
  forever,
  okReply,
  problem,
  type Request,
  requestOf,
  scripted,
  settled,
} from '../../support/transport.ts'

const names = ['deadline', 'retry', 'bulkhead', 'breaker', 'budget'] as const

type Name = (typeof names)[number]

const rulesOf = (): Record<Name, Rule> => {
  const { now, monotonic } = createClock()
  const random = () => 0
  const ledger = createLocalLedger(now)
  return {
    deadline,
    retry: createRetry({ now, random }),
    bulkhead: createBulkhead().bulkhead,
    breaker: createBreaker({ now, random }).breaker,
    budget: createHourlyBudget({ ledger, maxReplicas: null, now, monotonic, startedAt: 0 }).hourlyBudget,
  }
}

const through = (order: readonly Name[], attempt: Send): Send => {
  const rules = rulesOf()
  return stack(
    order.map((name) => rules[name]),
    attempt,
  )
}

type Measure = (order: readonly Name[]) => Promise<unknown>

/** How many attempts are made of so many calls, one after the other, that all end in the same way. */
const attemptsOf =
  (calls: number, fault: Parameters<typeof scripted>[0], more: Partial<Request> = {}): Measure =>
  async (order) => {
    const { send, sent } = scripted(fault)
    const all = through(order, send)
    for (let call = 0; call < calls; call += 1) await settled(all(requestOf(more), forever()))
    return sent.length
  }

const endsInTime: Measure = async (order) => {
  const deaf: Send = () => new Promise(() => {})
  const call = through(order, deaf)(requestOf({ limits: { ...limits.spacioRead, totalMs: 20 } }), forever())
  const isWaiting = new Promise((resolve) => setTimeout(resolve, 300, 'nothing'))
  return Promise.race([settled(call).then(codeOf), isWaiting])
}

const outcomeOfOneReset: Measure = async (order) => {
  const { send } = scripted(problem('upstream-failed'), okReply)
  return codeOf(await settled(through(order, send)(requestOf(), forever())))
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
  await Promise.all(Array.from({ length: 50 }, () => send(requestOf(), forever())))
  return most
}

const unreadable = problem('upstream-invalid-response', 200)
const quota = { apiKey: 'key', cap: 100 }

test.each<[Name, string, Measure, { kept: unknown; lost: unknown }]>([
  ['deadline', 'a call hangs for ever', endsInTime, { kept: 'upstream-timeout', lost: 'nothing' }],
  ['retry', 'each reset is told', outcomeOfOneReset, { kept: 'an answer', lost: 'upstream-failed' }],
  ['bulkhead', 'a crowd goes upstream at once', mostAtOnce, { kept: 12, lost: 50 }],
  ['breaker', 'who fails is asked on and on', attemptsOf(20, unreadable), { kept: 5, lost: 20 }],
  ['budget', 'more than the hour is spent', attemptsOf(120, okReply, { quota }), { kept: 95, lost: 120 }],
])('without the %s %s', async (name, _happens, measure, { kept, lost }) => {
  expect(await measure(names)).toEqual(kept)
  expect(await measure(names.filter((each) => each !== name))).toEqual(lost)
})

/** The retry after, and so within, one of those that count attempts. */
const retryWithin = (name: Name): Name[] => {
  const others = names.filter((each) => each !== 'retry')
  return others.flatMap((each) => (each === name ? [each, 'retry' as const] : [each]))
}

const passing = problem('upstream-failed', 503)

test('a retry within the breaker would hide each second failure from it', async () => {
  const measure = attemptsOf(10, passing)
  expect(await measure(names)).toBe(5)
  expect(await measure(retryWithin('breaker'))).toBe(10)
})

test('a retry within the budget would spend what nobody counts', async () => {
  const measure = attemptsOf(4, passing, { quota: { ...quota, cap: 4 } })
  expect(await measure(names)).toBe(4)
  expect(await measure(retryWithin('budget'))).toBeGreaterThan(4)
})
