import { beforeEach, expect, test } from 'vitest'
import { createDelayedRejections, rejectionDelayMs } from '#src/plugins/admission/load-shedding/delayed-rejections.ts'

let time: number
let timers: { at: number; task: () => void }[]
let refusals: ReturnType<typeof createDelayedRejections>
let sent: number

beforeEach(() => {
  time = 0
  timers = []
  sent = 0
  refusals = createDelayedRejections({
    promptPerSecond: 5,
    maxWaiting: 9,
    now: () => time,
    schedule: (delayMs, task) => timers.push({ at: time + delayMs, task }),
  })
})

const pass = (ms: number) => {
  time += ms
  for (const { task } of timers.filter(({ at }) => at <= time)) task()
  timers = timers.filter(({ at }) => at > time)
}

const reject = (client: string, count = 1) =>
  Array.from({ length: count }, () => refusals.answer({ tenant: '', client }, () => (sent += 1)))

test('sends the first rejections of a second without a delay', () => {
  expect(reject('one', 5)).toEqual(Array(5).fill('prompt'))
  expect(sent).toBe(5)
})

test('delays further rejections by a second', () => {
  expect(reject('one', 6).at(-1)).toBe('late')
  pass(rejectionDelayMs - 1)
  expect(sent).toBe(5)
  pass(1)
  expect([sent, refusals.waiting()]).toEqual([6, 0])
})

test('rejects another client without a delay', () => {
  reject('one', 20)
  expect(reject('two')).toEqual(['prompt'])
})

test('disconnects the client if too many rejections are delayed', () => {
  expect(reject('one', 20).slice(5)).toEqual([...Array(3).fill('late'), ...Array(12).fill('disconnect')])
  pass(rejectionDelayMs)
  expect(sent).toBe(8)
})

test('the allowance refills over time up to its maximum', () => {
  reject('one', 5)
  pass(400)
  expect(reject('one', 3)).toEqual(['prompt', 'prompt', 'late'])
  pass(60_000)
  expect(reject('one', 6)).toEqual([...Array(5).fill('prompt'), 'late'])
})

test('a client that retries immediately is rejected a few times per second', () => {
  for (let second = 0; second < 30; second += 1) {
    reject('one', 8)
    pass(1_000)
  }
  expect(sent).toBeLessThanOrEqual(30 * 8)
  expect(refusals.waiting()).toBe(0)
})
