/** The approximate count equals the count of all single events. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createSlidingWindowCounter } from '#src/lib/sliding-window-counter.ts'
import { createRunOptions } from '../../support/properties.ts'

const steps = fc.array(
  fc.oneof(
    fc.record({ kind: fc.constant('add' as const), by: fc.integer({ min: 0, max: 40 }) }),
    fc.record({ kind: fc.constant('count' as const), by: fc.integer({ min: 0, max: 40 }) }),
    // The clock was set back.
    fc.record({ kind: fc.constant('count' as const), by: fc.integer({ min: -150, max: -1 }) }),
    fc.record({ kind: fc.constant('clear' as const), by: fc.constant(0) }),
  ),
  { maxLength: 200 },
)

test('the same count as of a list of all moments', () => {
  fc.assert(
    fc.property(steps, (given) => {
      let clock = 1_000
      let all: number[] = []
      const rolling = createSlidingWindowCounter(100, () => clock)
      for (const { kind, by } of given) {
        clock += by
        all = all.filter((time) => time <= clock && time > clock - 100)
        if (kind === 'add') {
          rolling.add()
          all.push(clock)
        } else if (kind === 'clear') {
          rolling.clear()
          all = []
        }
        expect(rolling.count()).toBe(all.length)
      }
    }),
    createRunOptions(300),
  )
})
