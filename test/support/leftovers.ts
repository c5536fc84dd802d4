/** Fails a test file that leaves resources open, and names them, because the next file runs in the same worker. */
import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, beforeAll, expect } from 'vitest'
import { createTimerTracker } from './timer-tracker.ts'

const timers = createTimerTracker()

/** Servers, sockets, processes, file watchers and so on. Pipes and ports belong to the worker. */
const countHandles = (): Map<string, number> => {
  const counts = new Map<string, number>()
  for (const type of process.getActiveResourcesInfo()) {
    if (/^(MessagePort|WorkerPort|PipeWrap|TTYWrap|Immediate|TickObject|Timeout)$/.test(type)) continue
    counts.set(type, (counts.get(type) ?? 0) + 1)
  }
  return counts
}

const listHandles = (before: ReadonlyMap<string, number>): string[] =>
  [...countHandles()].flatMap(([type, count]) => {
    const more = count - (before.get(type) ?? 0)
    return more > 0 ? [`${type} × ${more}`] : []
  })

const currentGlobals = () => ({ Date, setTimeout, setInterval, setImmediate, fetch, now: Date.now })

const countListeners = (): Map<string | symbol, number> =>
  new Map(process.eventNames().map((name) => [name, process.listenerCount(name as string)]))

let before: ReturnType<typeof countHandlesBefore>

const countHandlesBefore = () => ({
  handles: countHandles(),
  environment: { ...process.env },
  globals: currentGlobals(),
  listeners: countListeners(),
})

/** Sockets and child processes may take up to five seconds to close. */
const waitForLeftovers = async (): Promise<string[]> => {
  for (let round = 0; ; round++) {
    const leftovers = [...listHandles(before.handles), ...timers.list()]
    if (leftovers.length === 0 || round === 100) return leftovers
    await wait(50)
  }
}

beforeAll(() => {
  before = countHandlesBefore()
  timers.start()
})

afterAll(async () => {
  const leftovers = await waitForLeftovers()
  timers.stop()
  expect(leftovers, 'this file leaves nothing open').toEqual([])
  expect({ ...process.env }, 'this file leaves the environment as it was').toEqual(before.environment)
  expect(currentGlobals(), 'this file leaves the global functions as they were').toEqual(before.globals)
  expect(countListeners(), "this file leaves the process's listeners as they were").toEqual(before.listeners)
})
