/** A short run of `npm run bench:budget`: the limit holds for any failure of replicas and the store. */
import { expect, test } from 'vitest'
import { scenarios } from '../../../bench/budget/scenarios.ts'
import { simulate } from '../../../bench/budget/simulate.ts'

const cap = 2_000
const settings = { cap, hours: 2, stepMs: 15_000, seed: 7 }

const getName = ({ name }: { name: string }): string => name

test.each(
  scenarios.flatMap((scenario) => [1, 3, 12].map((replicas) => ({ scenario, replicas, name: getName(scenario) }))),
)('$name, $replicas replicas', async ({ scenario, replicas }) => {
  const { calls, isOver } = await simulate(scenario, { ...settings, replicas })
  expect(isOver, `${calls}`).toBe(false)
  for (const count of calls) expect(count).toBeGreaterThan(0)
})

test('without failures, the whole budget is used', async () => {
  const [steady] = scenarios
  for (const replicas of [1, 5]) {
    const { calls } = await simulate(steady as (typeof scenarios)[number], { ...settings, replicas })
    expect(calls).toEqual([0.95 * cap, 0.95 * cap])
  }
})

test('the simulation detects calls above the limit: clocks that differ by half an hour', async () => {
  const apart = { name: '', demand: 4, clockAhead: (random: () => number) => (random() < 0.5 ? 1_800_000 : 0) }
  expect((await simulate(apart, { ...settings, replicas: 12 })).isOver).toBe(true)
})
