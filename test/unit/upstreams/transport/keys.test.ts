/**
 * Policies are separate for each tenant, upstream and class of operations. Calls with one key use up each policy; then
 * a call is sent whose key differs in one part.
 */
import { expect, test } from 'vitest'
import { createBreaker } from '#src/upstreams/transport/breaker.ts'
import { createLocalLedger } from '#src/upstreams/transport/budget-ledger.ts'
import { createBulkhead } from '#src/upstreams/transport/bulkhead.ts'
import { createCallMetrics } from '#src/upstreams/transport/call-metrics.ts'
import { compose } from '#src/upstreams/transport/compose.ts'
import { createHourlyBudget } from '#src/upstreams/transport/hourly-budget.ts'
import { limits } from '#src/upstreams/transport/limits.ts'
import { createRetry } from '#src/upstreams/transport/retry.ts'
import type { Guard, Middleware, Send } from '#src/upstreams/transport/types.ts'
import {
  createProblem,
  createRequest,
  getCode,
  okReply,
  type Request,
  toSettled,
  waitForever,
} from '../../../support/transport.ts'

const fixed = Date.parse('2026-03-15T12:00:00Z')
const now = () => fixed

/** An upstream behind one policy: it fails, hangs or succeeds. */
const openUpstream = (policy: Guard | Middleware) => {
  const upstream = { does: 'answer' as 'answer' | 'fail' | 'hang', calls: 0, letGo: () => {} }
  const held = new Promise<void>((resolve) => {
    upstream.letGo = resolve
  })
  const send = compose([policy], (async (request) => {
    upstream.calls += 1
    if (upstream.does === 'hang') await held
    if (upstream.does === 'fail') throw createProblem('upstream-failed', 503)
    return request.read(okReply, false)
  }) as Send)
  const call = async (more: Partial<Request>) => getCode(await toSettled(send(createRequest(more), waitForever())))
  return { upstream, call }
}

type Part = [differs: string, Partial<Request>]

const ofTenant: Part = ['tenant', { tenant: 'u' }]
const ofSystem: Part = ['upstream', { system: 'liondesk' }]
const ofClass: Part = ['class of operations', { limits: limits.spacioReport }]

test.for([ofTenant, ofSystem, ofClass])('an open breaker rejects no call of another %s', async ([, other]) => {
  const { upstream, call } = openUpstream(createBreaker({ now, random: () => 0.5 }).breaker)
  upstream.does = 'fail'
  for (let count = 0; count < 5; count += 1) await call({})
  upstream.does = 'answer'
  expect([await call({}), await call(other), upstream.calls]).toEqual(['upstream-unavailable', 'an answer', 6])
})

test.for([ofTenant, ofSystem, ofClass])('a full bulkhead rejects no call of another %s', async ([, other]) => {
  const { upstream, call } = openUpstream(createBulkhead().bulkhead)
  const narrow = (more: Partial<Request>) => ({
    ...more,
    limits: { ...(more.limits ?? limits.spacioRead), maxInFlight: 1, maxQueued: 0 },
  })
  upstream.does = 'hang'
  const first = call(narrow({}))
  upstream.does = 'answer'
  expect([await call(narrow({})), await call(narrow(other))]).toEqual(['overloaded', 'an answer'])
  upstream.letGo()
  expect(await first).toBe('an answer')
})

test.for([ofTenant, ofSystem])('a used-up retry budget does not affect another %s', async ([, other]) => {
  const { upstream, call } = openUpstream(createRetry({ now, random: () => 0 }))
  upstream.does = 'fail'
  const getAttempts = async (more: Partial<Request>) => {
    const before = upstream.calls
    await call(more)
    return upstream.calls - before
  }
  for (let count = 0; count < 20; count += 1) await getAttempts({})
  expect([await getAttempts({}), await getAttempts(other)]).toEqual([1, 2])
})

test.for([ofTenant, ofSystem])('successful calls do not increase the retry budget of another %s', async ([, other]) => {
  const { upstream, call } = openUpstream(createRetry({ now, random: () => 0 }))
  const getRetries = async (more: Partial<Request>) => {
    upstream.calls = 0
    upstream.does = 'fail'
    for (let count = 0; count < 20; count += 1) await call(more)
    return upstream.calls - 20
  }
  for (let count = 0; count < 100; count += 1) await call({})
  expect([await getRetries({}), await getRetries(other)]).toEqual([18, 8])
})

test.for([ofTenant, ofSystem])('the calls of one %s are not counted for another', async ([, other]) => {
  const { measure, getMetrics } = createCallMetrics()
  const { call } = openUpstream(measure)
  await call({})
  await call({})
  await call(other)
  const { tenant, system } = createRequest(other)
  expect([getMetrics('t', 'spacio').calls, getMetrics(tenant, system).calls]).toEqual([2, 1])
})

test('a used-up or blocked hour of one API key does not affect another key, and two tenants with one key share its hour', async () => {
  const ledger = createLocalLedger(now)
  const { hourlyBudget } = createHourlyBudget({ ledger, maxReplicas: null, now, monotonic: () => 0, startedAt: 0 })
  const { call } = openUpstream(hourlyBudget)
  const getQuota = (apiKey: string) => ({ quota: { apiKey, cap: 2 } })
  expect([await call(getQuota('one')), await call(getQuota('one'))]).toEqual(['an answer', 'an answer'])
  expect(await call({ ...getQuota('one'), tenant: 'u' })).toBe('upstream-rate-limited')
  expect(await call(getQuota('other'))).toBe('an answer')
})
