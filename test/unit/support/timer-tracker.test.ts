import { setImmediate as tick } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { createTimerTracker } from '../../support/timer-tracker.ts'

const withTracker = async (run: (list: () => string[]) => Promise<void>): Promise<void> => {
  const tracker = createTimerTracker()
  tracker.start()
  try {
    await run(tracker.list)
  } finally {
    tracker.stop()
  }
}

test('an open timer is listed with the file that set it, until it is cleared', async () => {
  await withTracker(async (list) => {
    const timer = setInterval(() => {}, 60_000)
    expect(list()).toEqual([expect.stringMatching(/^a timer set\n.*timer-tracker\.test\.ts/)])
    clearInterval(timer)
    await expect.poll(list).toEqual([])
  })
})

test('timers of Vitest, and timers that do not keep the process alive, are not listed', async () => {
  await withTracker(async (list) => {
    const timer = setTimeout(() => {}, 60_000).unref()
    const polling = expect.poll(() => false, { timeout: 1 }).toBe(true)
    await tick()
    expect(list()).toEqual([])
    clearTimeout(timer)
    await expect(polling).rejects.toThrow()
  })
})
