import { expect, test } from 'vitest'
import { createMaxWait } from '#src/plugins/admission/load-shedding/max-wait.ts'
import { workClasses } from '#src/plugins/admission/load-shedding/priority-classes.ts'

const open = () => {
  let time = 0
  const wait = createMaxWait(() => time)
  /** Records these waits, spread over a second. */
  const second = (...waits: number[]) => {
    for (const each of waits) {
      time += 1_000 / waits.length
      wait.record(each)
    }
  }
  return { second, limits: () => workClasses.map((workClass) => wait.getMaxWaitMs(workClass)) }
}

const calm = [3_000, 3_000, 3_000, 3_000]

test('a burst is not overload if the queue becomes short again', () => {
  const { second, limits } = open()
  second(2_900, 2_800, 2_500, 40)
  second(2_900, 2_900, 10)
  expect(limits()).toEqual(calm)
})

test('a queue that stays long for an interval is overload; reports expire first and writes last', () => {
  const { second, limits } = open()
  second(1_200, 1_100, 1_500)
  expect(limits()).toEqual([400, 600, 800, 1_000])
})

test('overload ends after an interval with a short wait', () => {
  const { second, limits } = open()
  second(1_200)
  second(2_000)
  expect(limits()).not.toEqual(calm)
  second(1_300, 900)
  expect(limits()).toEqual(calm)
})
