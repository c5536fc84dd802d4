/** A minute of `npm run bench:soak`: memory does not grow, no rejection is unhandled, and no client gets a 500. */
import { existsSync } from 'node:fs'
import { expect, test } from 'vitest'
import { soak } from '../../../bench/soak/run.ts'
import { computeTrend } from '../../../bench/trend.ts'

const skips = !existsSync('/proc/self/fd') && !process.env.CI

if (skips) process.stderr.write('Skipped: the soak, which counts descriptors in /proc.\n')

test.skipIf(skips)(
  'under faults and with clients that leave, memory and descriptors stay where they are',
  async () => {
    const { heap, buffers, descriptors, rejections, exitCode, traffic, calls, faults } = await soak({
      seconds: 50,
      rate: 25,
    })
    expect({ heap, buffers, descriptors }).toMatchObject({
      heap: { isFlat: true },
      buffers: { isFlat: true },
      descriptors: { isFlat: true },
    })
    expect({ rejections, exitCode, failures: traffic.failures }).toEqual({ rejections: 0, exitCode: 0, failures: [] })
    // There was load, there were faults, and clients disconnected.
    expect(traffic.statuses.get(200)).toBeGreaterThan(100)
    expect(faults).toBeGreaterThanOrEqual(0.02 * calls - 1)
    expect(faults).toBeGreaterThan(0)
    expect(traffic.aborted).toBeGreaterThan(0)
  },
  120_000,
)

const series = (grow: number): number[] =>
  Array.from({ length: 30 }, (_, index) => 100 + grow * index + 8 * Math.sin(index) + (index % 7 === 0 ? 40 : 0))

test.each([
  { name: 'what goes up and down is flat', values: series(0), isFlat: true },
  { name: 'what goes up on the whole is not', values: series(1), isFlat: false },
  { name: 'what shrinks is', values: series(-1), isFlat: true },
  { name: 'a handful of values proves nothing', values: [1, 1, 1, 1, 1, 1], isFlat: false },
])('a trend: $name', ({ values, isFlat }) => {
  expect(computeTrend(values, 10).isFlat).toBe(isFlat)
})
