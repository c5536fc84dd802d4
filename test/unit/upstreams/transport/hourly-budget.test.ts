/** The number of calls per hour never exceeds the upstream's limit, with any callers and any failure of the ledger. */
import { createHash } from 'node:crypto'
import { describe, expect, onTestFinished, test } from 'vitest'
import { createBudgetAllowance } from '#src/upstreams/transport/budget-allowance.ts'
import { type BudgetLedger, createLocalLedger } from '#src/upstreams/transport/budget-ledger.ts'
import { getCallLimit, getOfflineAllowance } from '#src/upstreams/transport/budget-shares.ts'
import { compose } from '#src/upstreams/transport/compose.ts'
import { createHourlyBudget } from '#src/upstreams/transport/hourly-budget.ts'
import type { Priority } from '#src/upstreams/transport/types.ts'
import {
  createClock,
  createProblem,
  createRequest,
  createScriptedSend,
  getCode,
  okReply,
  type Step,
  toSettled,
  waitForever,
} from '../../../support/transport.ts'

const minute = 60_000
const hour = 60 * minute
const cap = 1_000
const quota = { apiKey: 'the key', cap }

/** A ledger that can be unavailable and records its calls. */
const createFragile = (now: () => number) => {
  let ledger = createLocalLedger(now)
  const requests: { name: string; key: string; value: unknown }[] = []
  const state = { isLost: false }
  const fragile =
    (name: keyof BudgetLedger) =>
    async (key: string, value: unknown, ...rest: unknown[]) => {
      requests.push({ name, key, value })
      if (state.isLost) throw new Error('lost')
      return (ledger[name] as (...args: unknown[]) => Promise<unknown>)(key, value, ...rest)
    }
  const names = ['draw', 'getDrawn', 'get', 'set'] as const
  const empty = (): void => {
    ledger = createLocalLedger(now)
  }
  const whole = Object.fromEntries(names.map((name) => [name, fragile(name)])) as unknown as BudgetLedger
  return { state, asked: requests, empty, ledger: whole }
}

const createWorld = (maxReplicas: number | null = null) => {
  const clock = createClock()
  const { ledger, state, asked: requests, empty } = createFragile(clock.now)
  const replica = () =>
    createBudgetAllowance(quota.apiKey, {
      ledger,
      maxReplicas,
      now: clock.now,
      monotonic: clock.monotonic,
      startedAt: clock.monotonic(),
    })
  return { ...clock, ledger, state, asked: requests, empty, replica }
}

const getCounter = (time: string): string =>
  `spacio calls ${createHash('sha256').update(quota.apiKey).digest('hex')} ${time}`

type Replica = ReturnType<typeof createBudgetAllowance>

/** The number of granted calls. */
const granted = async (replica: Replica, calls: number, priority: Priority = 'read'): Promise<number> => {
  let count = 0
  for (let call = 0; call < calls; call += 1) if ((await replica.take(quota, priority)) === 0) count += 1
  return count
}

describe('the limit of each priority', () => {
  test.each<[Priority, number]>([
    ['background', 600],
    ['report', 700],
    ['read', 950],
  ])('%s: %i of 1,000', async (priority, want) => {
    const { replica } = createWorld()
    expect(await granted(replica(), 1_200, priority)).toBe(want)
  })

  test('one after the other, and back again', async () => {
    const { replica } = createWorld()
    const one = replica()
    expect(await granted(one, 2_000, 'background')).toBe(600)
    expect(await granted(one, 2_000, 'report')).toBe(100)
    expect(await granted(one, 2_000, 'background')).toBe(0)
    expect(await granted(one, 2_000, 'read')).toBe(250)
    expect(await granted(one, 2_000, 'report')).toBe(0)
  })

  test('unused calls of a block serve other priorities within their limits', async () => {
    const { replica } = createWorld()
    const one = replica()
    expect(await granted(one, 591, 'read')).toBe(591)
    expect(await granted(one, 20, 'background')).toBe(9)
    expect(await granted(one, 1, 'read')).toBe(1)
    expect(await granted(one, 20, 'background')).toBe(0)
    expect(await granted(one, 9, 'report')).toBe(9)
  })

  test('drawn calls count as used, even if calls without the ledger have raised the counter since', async () => {
    const { replica, state, pass } = createWorld(1)
    const [holder, spender, other] = [replica(), replica(), replica()]
    expect(await granted(holder, 1)).toBe(1)
    expect(await granted(spender, 2_000)).toBe(940)
    pass(30 * minute)
    state.isLost = true
    // It does not know that all calls are drawn.
    expect(await granted(other, 5)).toBe(5)
    state.isLost = false
    pass(2_000)
    expect(await granted(other, 1)).toBe(0)
    pass(2_000)
    expect(await granted(holder, 1, 'report')).toBe(0)
    expect(await granted(holder, 20)).toBe(9)
  })

  test.each([1, 2, 10, 19, 1.5])('the smallest cap allows a call, and is not exceeded: %d', (small) => {
    for (const priority of ['background', 'report', 'read'] as const) {
      expect(getCallLimit(small, priority)).toBeGreaterThanOrEqual(1)
      expect(getCallLimit(small, priority)).toBeLessThanOrEqual(small)
    }
  })
})

test('the rejection lasts to the end of the hour, and the next hour has a new budget', async () => {
  const { replica, pass } = createWorld()
  const one = replica()
  pass(20 * minute)
  await granted(one, 1_000)
  expect(await one.take(quota, 'read')).toBe(40 * minute)
  pass(40 * minute - 1)
  expect(await one.take(quota, 'read')).toBe(1)
  pass(1)
  expect(await granted(one, 1_000)).toBe(950)
})

test('blocks of one per cent are drawn, and a spent hour causes no further ledger calls', async () => {
  const { replica, asked: requests } = createWorld()
  const one = replica()
  await granted(one, 1_500)
  const draws = requests.filter(({ name }) => name === 'draw')
  expect(draws.length).toBe(95)
  expect(new Set(draws.map(({ value }) => value))).toEqual(new Set([10]))
})

test('concurrent callers draw their calls with one ledger call', async () => {
  const { replica, asked: requests } = createWorld()
  const one = replica()
  const outcomes = await Promise.all(Array.from({ length: 40 }, () => one.take(quota, 'read')))
  expect(outcomes).toEqual(Array(40).fill(0))
  expect(requests.filter(({ name }) => name === 'draw').length).toBeLessThanOrEqual(2)
})

test('the ledger receives a digest of the key and the hour, never the key', async () => {
  const { replica, asked: requests } = createWorld()
  const one = replica()
  await granted(one, 1)
  await one.block(minute)
  const digest = createHash('sha256').update(quota.apiKey).digest('hex')
  expect(new Set(requests.map(({ key }) => key))).toEqual(
    new Set([`spacio calls ${digest} 2026-03-15T12:00:00.000Z`, `spacio blocked ${digest}`]),
  )
  expect(JSON.stringify(requests)).not.toContain(quota.apiKey)
})

describe('several replicas', () => {
  test('share one hour', async () => {
    const { replica } = createWorld()
    const [one, two, three] = [replica(), replica(), replica()]
    let total = 0
    for (let round = 0; round < 1_500; round += 1) total += await granted([one, two, three][round % 3] as Replica, 1)
    expect(total).toBe(950)
  })

  test('learn within a second what the others have drawn', async () => {
    const { replica, pass } = createWorld()
    const [one, two] = [replica(), replica()]
    await granted(one, 5, 'background')
    await granted(two, 700, 'read')
    pass(1_000)
    expect(await granted(one, 5, 'background')).toBe(0)
    expect(one.getMetrics(cap).used).toBeGreaterThanOrEqual(700)
  })

  test('all stop when the upstream rate-limits one of them', async () => {
    const { replica, pass } = createWorld()
    const [one, two] = [replica(), replica()]
    await granted(one, 1)
    await granted(two, 1)
    await one.block(10 * minute)
    expect(await one.take(quota, 'read')).toBe(10 * minute)
    pass(1_000)
    expect(await two.take(quota, 'read')).toBe(10 * minute - 1_000)
    expect(two.getMetrics(cap).blockedUntil).toBe('2026-03-15T12:10:00Z')
    expect(await replica().take(quota, 'read')).toBe(10 * minute - 1_000)
    pass(10 * minute - 1_001)
    expect(await two.take(quota, 'read')).toBe(1)
    pass(1)
    expect([await granted(one, 1), await granted(two, 1)]).toEqual([1, 1])
    expect(two.getMetrics(cap).blockedUntil).toBeNull()
  })

  test.each(['9e99', 'x', ''])('an implausible block by the upstream lasts at most an hour: %j', async (value) => {
    const { replica, ledger, pass } = createWorld()
    const digest = createHash('sha256').update(quota.apiKey).digest('hex')
    await ledger.set(`spacio blocked ${digest}`, value, minute)
    const one = replica()
    expect(await one.take(quota, 'read')).toBeLessThanOrEqual(hour)
    pass(hour)
    expect(await one.take(quota, 'read')).toBe(0)
  })
})

test('a block lasts equally long, whatever happens to the wall clock', async () => {
  const { replica, pass, setBy } = createWorld()
  const one = replica()
  await one.block(10 * minute)
  setBy(-2 * hour)
  expect(await one.take(quota, 'read')).toBe(10 * minute)
  setBy(4 * hour)
  pass(10 * minute - 1)
  expect(await one.take(quota, 'read')).toBe(1)
  pass(1)
  expect(await one.take(quota, 'read')).toBe(0)
})

describe('an adjusted wall clock', () => {
  test.for([
    ['an hour forward, an hour back, three hours back', [hour, -hour, -3 * hour]],
    ['to another day and back', [-24 * hour, 24 * hour]],
    ['into the next hour', [30 * minute]],
  ])('%s: the hour is granted once', async ([, steps]) => {
    const { replica, pass, setBy } = createWorld()
    const one = replica()
    pass(40 * minute)
    let total = await granted(one, 300)
    for (const step of steps as number[]) {
      setBy(step)
      pass(2 * minute)
      total += await granted(one, 1_000)
    }
    expect(total).toBe(950)
  })

  test('a new hour starts when both clocks agree', async () => {
    const { replica, pass, setBy } = createWorld()
    const one = replica()
    pass(50 * minute)
    await granted(one, 1_000)
    setBy(20 * minute)
    pass(9 * minute + 54_000)
    expect(await granted(one, 1)).toBe(0)
    pass(1_001)
    expect(await granted(one, 1_000)).toBe(950)
  })

  test('a correction by seconds has no effect', async () => {
    const { replica, pass, setBy } = createWorld()
    const one = replica()
    await granted(one, 1_000)
    setBy(4_000)
    pass(hour - 4_000)
    expect(await granted(one, 1_000)).toBe(950)
  })

  test('a replica that starts after that learns the earlier draws in either hour', async () => {
    const { replica, setBy } = createWorld()
    const [one, two] = [replica(), replica()]
    expect(await granted(one, 940)).toBe(940)
    setBy(hour)
    await one.refresh()
    expect(await granted(replica(), 1_000)).toBe(10)
    await one.refresh()
    setBy(-hour)
    expect(await granted(two, 1_000)).toBe(0)
  })

  test('the offline share is not granted again', async () => {
    const { replica, state, pass, setBy } = createWorld(1)
    const one = replica()
    state.isLost = true
    pass(40 * minute)
    let total = await granted(one, 100)
    for (const step of [hour, -hour, -3 * hour, 30 * minute]) {
      setBy(step)
      total += await granted(one, 100)
    }
    pass(20 * minute)
    total += await granted(one, 100)
    expect(total).toBeLessThanOrEqual(50)
  })
})

describe('an emptied ledger', () => {
  test('running replicas restore the known draws', async () => {
    const { replica, ledger, empty, pass } = createWorld()
    const [busy, idle] = [replica(), replica()]
    expect(await granted(busy, 600)).toBe(600)
    expect(await granted(idle, 100)).toBe(100)
    empty()
    pass(1_000)
    await idle.refresh()
    expect(await granted(replica(), 1_000)).toBe(250)
    expect(await ledger.getDrawn(getCounter('2026-03-15T12:00:00.000Z'))).toBe(950)
    expect(await granted(busy, 1_000)).toBe(0)
  })

  test('restored draws of several replicas are not added up', async () => {
    const { replica, ledger, empty, pass } = createWorld()
    const [one, two] = [replica(), replica()]
    await granted(one, 300)
    await granted(two, 10)
    empty()
    pass(1_000)
    await Promise.all([one.refresh(), two.refresh()])
    expect(await ledger.getDrawn(getCounter('2026-03-15T12:00:00.000Z'))).toBe(310)
  })

  test('a replica without ledger data draws only what its local knowledge allows', async () => {
    const { replica, empty } = createWorld()
    const one = replica()
    expect(await granted(one, 945)).toBe(945)
    empty()
    expect(await granted(one, 1_000)).toBe(5)
  })

  test('a block is restored too', async () => {
    const { replica, empty, pass } = createWorld()
    const one = replica()
    await one.block(10 * minute)
    empty()
    pass(minute)
    await one.refresh()
    expect(await replica().take(quota, 'read')).toBe(9 * minute)
  })

  test('a replica without calls in this hour makes no ledger calls', async () => {
    const { replica, asked: requests } = createWorld()
    await replica().refresh()
    expect(requests).toEqual([])
  })
})

describe('an unavailable ledger', () => {
  test('leased calls are used, and then none if the number of replicas is unknown', async () => {
    const { replica, state, pass } = createWorld(null)
    const one = replica()
    await granted(one, 4)
    state.isLost = true
    pass(2_000)
    expect(await granted(one, 100)).toBe(6)
    expect(await one.take(quota, 'read')).toBe(5_000)
  })

  test('then a share of the undrawn calls becomes available as the hour passes', async () => {
    const { replica, state, pass } = createWorld(2)
    const one = replica()
    await granted(one, 10)
    state.isLost = true
    pass(30 * minute)
    // 50 calls are never drawn: 25 for each of two replicas, and half of the hour has passed.
    expect(await granted(one, 100, 'report')).toBe(0)
    expect(await granted(one, 100)).toBe(12)
    pass(15 * minute)
    expect(await granted(one, 100)).toBe(6)
  })

  test('a restarted process is not granted the hour again', async () => {
    const { replica, state, pass } = createWorld(2)
    state.isLost = true
    let total = 0
    for (let life = 0; life < 59; life += 1) {
      const one = replica()
      pass(minute)
      total += await granted(one, 100)
    }
    expect(total).toBeLessThanOrEqual(25)
    const last = replica()
    expect(await granted(last, 100)).toBe(0)
  })

  test('the ledger is called again after a second and charged with the offline calls', async () => {
    const { replica, state, pass, ledger, asked: requests } = createWorld(1)
    const one = replica()
    state.isLost = true
    pass(30 * minute)
    expect(await granted(one, 100)).toBe(25)
    const questions = requests.length
    await granted(one, 100)
    expect(requests.length).toBe(questions)
    state.isLost = false
    pass(1_000)
    expect(await granted(one, 1)).toBe(1)
    expect(one.getMetrics(cap).used).toBe(26)
    const counter = requests.find(({ name }) => name === 'draw')?.key as string
    expect(await ledger.getDrawn(counter)).toBe(35)
  })

  test('an unresponsive ledger delays a call once by less than half a second', async () => {
    const clock = createClock()
    const deaf = () => new Promise<never>(() => {})
    const one = createBudgetAllowance('k', {
      ledger: { draw: deaf, getDrawn: deaf, get: deaf, set: deaf },
      maxReplicas: 1,
      now: clock.now,
      monotonic: clock.monotonic,
      startedAt: clock.monotonic() - hour,
    })
    clock.pass(30 * minute)
    const startCount = performance.now()
    expect(await granted(one, 10)).toBe(10)
    expect(performance.now() - startCount).toBeLessThan(500)
  })

  test.each<[string, Parameters<typeof getOfflineAllowance>, number]>([
    ['the number of replicas is unknown', [1_000, null, hour / 2], 0],
    ['alone, for half of the hour', [1_000, 1, hour / 2], 25],
    ['alone, for a quarter of the hour', [1_000, 1, hour / 4], 12],
    ['one of five', [1_000, 5, hour - 1], 9],
    ['one that was started in the future', [1_000, 1, -1], 0],
  ])('the share: %s', (_name, given, want) => {
    expect(getOfflineAllowance(...given)).toBe(want)
  })
})

describe('the middleware', () => {
  const world = (...steps: Step[]) => {
    const clock = createClock()
    const ledger = createLocalLedger(clock.now)
    const options = { ledger, maxReplicas: null, now: clock.now, monotonic: clock.monotonic, startedAt: 0 }
    const { hourlyBudget, getMetrics, close } = createHourlyBudget(options)
    onTestFinished(close)
    const { send, sent } = createScriptedSend(...steps)
    return { ...clock, call: compose([hourlyBudget], send), sent, getMetrics, ledger }
  }

  test('rate-reached blocks all calls until the upstream’s own reset', async () => {
    const reached = createProblem('upstream-rate-limited', 429)
    Object.assign(reached.fields, { retryAfter: 90 })
    const { call, sent, pass } = world(reached, okReply)
    expect(await toSettled(call(createRequest({ quota }), waitForever()))).toBe(reached)
    pass(30_000)
    const refused = await toSettled(call(createRequest({ quota, tenant: 'another with the same key' }), waitForever()))
    expect(getCode(refused)).toBe('upstream-rate-limited')
    expect(refused).toMatchObject({ fields: { retryAfter: 60, upstream: { status: null } } })
    expect(sent.length).toBe(1)
    pass(60_000)
    expect(getCode(await toSettled(call(createRequest({ quota }), waitForever())))).toBe('an answer')
  })

  test('failures cost a call too, but calls of other keys and of upstreams without a budget cost none', async () => {
    const { call, sent, getMetrics } = world(createProblem('upstream-failed', 503))
    await toSettled(call(createRequest({ quota }), waitForever()))
    await toSettled(call(createRequest({ quota: { ...quota, apiKey: 'other' } }), waitForever()))
    await toSettled(call(createRequest({ system: 'liondesk' }), waitForever()))
    expect([sent.length, getMetrics(quota).used]).toEqual([3, 1])
  })

  test('the priority of a request overrides that of its class', async () => {
    const { call, sent } = world(okReply)
    for (let index = 0; index < 1_000; index += 1) {
      await toSettled(call(createRequest({ quota, priority: 'background' }), waitForever()))
    }
    expect(sent.length).toBe(600)
    expect(getCode(await toSettled(call(createRequest({ quota }), waitForever())))).toBe('an answer')
  })

  test('an idle process notices within a second that the ledger was emptied', async () => {
    const { call, ledger } = world(okReply)
    await toSettled(call(createRequest({ quota }), waitForever()))
    const counter = getCounter('2026-03-15T12:00:00.000Z')
    await ledger.set(counter, '0')
    await expect.poll(() => ledger.getDrawn(counter)).toBe(10)
  })

  test('the metrics report the remaining budget', () => {
    expect(world(okReply).getMetrics(quota)).toEqual({
      cap: 1_000,
      limit: 950,
      used: 0,
      resetsAt: '2026-03-15T13:00:00Z',
      blockedUntil: null,
    })
  })
})
