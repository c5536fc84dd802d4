import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Store } from '#src/store/store.ts'
import type { OpenEmpty } from './contract.ts'

/** The ids that one caller appends, call by call. The alphabet is small, so that callers overlap. */
const callerPlans = fc.array(
  fc.array(fc.array(fc.integer({ min: 0, max: 30 }), { maxLength: 8 }), { minLength: 1, maxLength: 6 }),
  { minLength: 2, maxLength: 5 },
)

const appendAll = async (store: Store, log: string, scheduler: fc.Scheduler, plan: number[][]): Promise<void> => {
  for (const batch of plan) {
    await scheduler.schedule(Promise.resolve())
    const sightings = batch.map((number) => ({ id: `lead-${number}`, createdAt: number }))
    const state = await store.appendNew(log, sightings, 1)
    const known = await store.readLog(log, 0, state.lastSeq)
    expect(known.map(({ id }) => id)).toEqual(expect.arrayContaining(sightings.map(({ id }) => id)))
  }
}

export const describeInterleavings = (openEmpty: OpenEmpty): void =>
  test('for any order of several callers: every id once, positions 1 to n', async () => {
    const store = await openEmpty()
    let logs = 0
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), callerPlans, async (scheduler, plans) => {
        logs += 1
        const log = `log-${logs}`
        const callers = plans.map((plan) => appendAll(store, log, scheduler, plan))
        await scheduler.waitFor(Promise.all(callers))
        const ids = new Set(plans.flat(2).map((number) => `lead-${number}`))
        const entries = await store.readLog(log, 0, 1000)
        expect(new Set(entries.map(({ id }) => id))).toEqual(ids)
        expect(entries.map(({ seq }) => seq)).toEqual(Array.from(ids, (_, index) => index + 1))
        expect(await store.getLogState(log)).toMatchObject({ lastSeq: ids.size })
      }),
    )
  })
