/** Replicas crash, the ledger is unavailable to some or all, and replies are lost: the limit holds always. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createBudgetAllowance } from '#src/upstreams/transport/budget-allowance.ts'
import { type BudgetLedger, createLocalLedger } from '#src/upstreams/transport/budget-ledger.ts'
import type { Priority } from '#src/upstreams/transport/types.ts'
import { createRunOptions } from '../../../support/properties.ts'
import { createClock } from '../../../support/transport.ts'

const hour = 3_600_000

const getCalls = (replicas: number) =>
  fc.record({
    kind: fc.constant('calls' as const),
    replica: fc.nat(replicas - 1),
    count: fc.oneof(fc.nat(5), fc.nat(300)),
    priority: fc.constantFrom<Priority>('read', 'read', 'report', 'background'),
  })

const event = (replicas: number) =>
  fc.oneof(
    { weight: 6, arbitrary: getCalls(replicas) },
    {
      weight: 3,
      arbitrary: fc.record({
        kind: fc.constant('pass' as const),
        ms: fc.oneof(fc.nat(3_000), fc.nat(hour / 3), fc.nat(hour)),
      }),
    },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('crash' as const), replica: fc.nat(replicas - 1) }) },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('lost to all' as const), is: fc.boolean() }) },
    {
      weight: 2,
      arbitrary: fc.record({
        kind: fc.constant('lost to one' as const),
        replica: fc.nat(replicas - 1),
        is: fc.boolean(),
      }),
    },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('replies lost' as const), is: fc.boolean() }) },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('settle' as const) }) },
  )

const worlds = fc
  .record({ replicas: fc.integer({ min: 1, max: 4 }), cap: fc.integer({ min: 1, max: 300 }) })
  .chain(({ replicas, cap }) =>
    fc.record({
      replicas: fc.constant(replicas),
      cap: fc.constant(cap),
      knowsReplicas: fc.boolean(),
      events: fc.array(event(replicas), { minLength: 5, maxLength: 40 }),
    }),
  )

test('the cap holds despite crashes and lost ledgers', async () => {
  await fc.assert(
    fc.asyncProperty(fc.scheduler(), worlds, async (scheduler, { replicas, cap, knowsReplicas, events }) => {
      const clock = createClock()
      const common = createLocalLedger(clock.now)
      const lost = { toAll: false, toOne: new Set<number>(), replies: false }
      const made = new Map<number, number>()
      const pending: Promise<unknown>[] = []

      /** Each request and each reply has a random delay, in any order. */
      const getLedger = (replica: number): BudgetLedger => {
        const through = async (ask: () => Promise<unknown>): Promise<never> => {
          await scheduler.schedule(Promise.resolve())
          if (lost.toAll || lost.toOne.has(replica)) throw new Error('lost')
          const reply = await ask()
          await scheduler.schedule(Promise.resolve())
          if (lost.replies) throw new Error('no reply')
          return reply as never
        }
        return {
          draw: (...args) => through(() => common.draw(...args)),
          getDrawn: (...args) => through(() => common.getDrawn(...args)),
          get: (...args) => through(() => common.get(...args)),
          set: (...args) => through(() => common.set(...args)),
        }
      }

      const start = (replica: number) =>
        createBudgetAllowance('key', {
          ledger: getLedger(replica),
          maxReplicas: knowsReplicas ? replicas : null,
          now: clock.now,
          monotonic: clock.monotonic,
          startedAt: clock.monotonic(),
        })
      const running = Array.from({ length: replicas }, (_, replica) => start(replica))

      const call = async (replica: number, priority: Priority): Promise<void> => {
        const startCount = running[replica]
        const left = await startCount?.take({ apiKey: 'key', cap }, priority)
        // A process that has ended makes no call.
        if (left !== 0 || running[replica] !== startCount) return
        const index = Math.floor(clock.monotonic() / hour)
        made.set(index, (made.get(index) ?? 0) + 1)
      }

      for (const each of events) {
        if (each.kind === 'calls') {
          for (let count = 0; count < each.count; count += 1) pending.push(call(each.replica, each.priority))
        } else if (each.kind === 'crash') running[each.replica] = start(each.replica)
        else if (each.kind === 'lost to all') lost.toAll = each.is
        else if (each.kind === 'replies lost') lost.replies = each.is
        else if (each.kind === 'lost to one') lost.toOne[each.is ? 'add' : 'delete'](each.replica)
        else {
          // Another test covers an hour that ends while calls wait.
          await scheduler.waitIdle()
          if (each.kind === 'pass') clock.pass(each.ms)
        }
      }
      await scheduler.waitIdle()
      await Promise.all(pending)
      for (const count of made.values()) expect(count).toBeLessThanOrEqual(cap)
    }),
    createRunOptions(1_500),
  )
})

/** Replicas on one machine whose wall clock is set by whole hours, and a ledger that is emptied. */
const settings = fc
  .record({ replicas: fc.integer({ min: 1, max: 4 }), cap: fc.integer({ min: 1, max: 300 }) })
  .chain(({ replicas, cap }) =>
    fc.record({
      replicas: fc.constant(replicas),
      cap: fc.constant(cap),
      events: fc.array(
        fc.oneof(
          { weight: 6, arbitrary: getCalls(replicas) },
          {
            weight: 3,
            arbitrary: fc.record({ kind: fc.constant('pass' as const), ms: fc.oneof(fc.nat(3_000), fc.nat(hour)) }),
          },
          {
            weight: 2,
            arbitrary: fc.record({ kind: fc.constant('set' as const), hours: fc.integer({ min: -5, max: 5 }) }),
          },
          { weight: 2, arbitrary: fc.record({ kind: fc.constant('emptied' as const) }) },
          { weight: 1, arbitrary: fc.record({ kind: fc.constant('started' as const) }) },
        ),
        { minLength: 5, maxLength: 40 },
      ),
    }),
  )

test('the cap holds in each real hour, however the wall clock is set and the ledger emptied', async () => {
  await fc.assert(
    fc.asyncProperty(fc.scheduler(), settings, async (scheduler, { replicas, cap, events }) => {
      const clock = createClock()
      const made = new Map<number, number>()
      let common = createLocalLedger(clock.now)

      const through = async <T>(ask: () => Promise<T>): Promise<T> => {
        await scheduler.schedule(Promise.resolve())
        const reply = await ask()
        await scheduler.schedule(Promise.resolve())
        return reply
      }
      const ledger: BudgetLedger = {
        draw: (...args) => through(() => common.draw(...args)),
        getDrawn: (...args) => through(() => common.getDrawn(...args)),
        get: (...args) => through(() => common.get(...args)),
        set: (...args) => through(() => common.set(...args)),
      }
      const start = () =>
        createBudgetAllowance('key', { ledger, maxReplicas: replicas, ...clock, startedAt: clock.monotonic() })
      const running = Array.from({ length: replicas }, start)

      const call = async (replica: number, priority: Priority): Promise<void> => {
        if ((await running[replica % running.length]?.take({ apiKey: 'key', cap }, priority)) !== 0) return
        const index = Math.floor(clock.monotonic() / hour)
        made.set(index, (made.get(index) ?? 0) + 1)
      }

      for (const each of events) {
        const pending: Promise<void>[] = []
        if (each.kind === 'calls') {
          for (let count = 0; count < each.count; count += 1) pending.push(call(each.replica, each.priority))
        } else if (each.kind === 'pass') clock.pass(each.ms)
        else if (each.kind === 'set') clock.setBy(each.hours * hour)
        else if (each.kind === 'emptied') common = createLocalLedger(clock.now)
        else running.push(start())
        // As the budget does every second: all replicas learn the highest count.
        await scheduler.waitIdle()
        await Promise.all(pending)
        clock.pass(1_000)
        for (let round = 0; round < 2; round += 1) {
          const refreshed = running.map(({ refresh }) => refresh())
          await scheduler.waitIdle()
          await Promise.all(refreshed)
          clock.pass(1_000)
        }
      }
      for (const count of made.values()) expect(count).toBeLessThanOrEqual(cap)
    }),
    createRunOptions(1_000),
  )
})
