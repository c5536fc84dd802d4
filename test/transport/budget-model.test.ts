/** Replicas that crash, a ledger that is lost for some or for all, replies that never come: never more than the cap. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createAllowance } from '#src/upstreams/transport/allowance.ts'
import { createLocalLedger, type Ledger } from '#src/upstreams/transport/ledger.ts'
import { createClock } from './support.ts'

const hour = 3_600_000

const event = (replicas: number) =>
  fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({
        kind: fc.constant('calls' as const),
        replica: fc.nat(replicas - 1),
        count: fc.oneof(fc.nat(5), fc.nat(300)),
        priority: fc.constantFrom('read' as const, 'read' as const, 'report' as const, 'background' as const),
      }),
    },
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

test('the cap holds', async () => {
  await fc.assert(
    fc.asyncProperty(fc.scheduler(), worlds, async (scheduler, { replicas, cap, knowsReplicas, events }) => {
      const clock = createClock()
      const common = createLocalLedger(clock.now)
      const lost = { toAll: false, toOne: new Set<number>(), replies: false }
      const made = new Map<number, number>()
      const pending: Promise<unknown>[] = []

      /** Every question and every reply takes its time, in any order. */
      const ledgerOf = (replica: number): Ledger => {
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
          drawn: (...args) => through(() => common.drawn(...args)),
          get: (...args) => through(() => common.get(...args)),
          set: (...args) => through(() => common.set(...args)),
        }
      }

      const start = (replica: number) =>
        createAllowance('key', {
          ledger: ledgerOf(replica),
          maxReplicas: knowsReplicas ? replicas : null,
          now: clock.now,
          startedAt: clock.now(),
        })
      const running = Array.from({ length: replicas }, (_, replica) => start(replica))

      const call = async (replica: number, priority: 'read' | 'report' | 'background'): Promise<void> => {
        const begun = running[replica]
        const left = await begun?.take({ apiKey: 'key', cap }, priority)
        // A process that is no more makes no call.
        if (left !== 0 || running[replica] !== begun) return
        const index = Math.floor(clock.now() / hour)
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
          // An hour that ends while calls wait is another test's.
          await scheduler.waitIdle()
          if (each.kind === 'pass') clock.pass(each.ms)
        }
      }
      await scheduler.waitIdle()
      await Promise.all(pending)
      for (const count of made.values()) expect(count).toBeLessThanOrEqual(cap)
    }),
    { numRuns: 1_500 },
  )
})
