/** Fails a test file that leaves resources open, and names them, because the next file runs in the same worker. */
import { createHook } from 'node:async_hooks'
import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, beforeAll, expect } from 'vitest'

interface Origin {
  timer: WeakRef<NodeJS.Timeout>
  stack: string
}

const timers = new Map<number, Origin>()

// Timers are tracked one by one, because Vitest has its own. The stack shows the owner.
const timerHook = createHook({
  init(id, type, _trigger, resource) {
    if (type !== 'Timeout') return
    timers.set(id, { timer: new WeakRef(resource as NodeJS.Timeout), stack: String(new Error().stack) })
  },
  destroy(id) {
    timers.delete(id)
  },
  trackPromises: false,
})

/** Servers, sockets, processes, file watchers and so on. Pipes and ports belong to the worker. */
const countHandles = (): Map<string, number> => {
  const counts = new Map<string, number>()
  for (const type of process.getActiveResourcesInfo()) {
    if (/^(MessagePort|WorkerPort|PipeWrap|TTYWrap|Immediate|TickObject|Timeout)$/.test(type)) continue
    counts.set(type, (counts.get(type) ?? 0) + 1)
  }
  return counts
}

const listTimers = (): string[] =>
  [...timers.values()].flatMap(({ timer, stack }) => {
    const isLeft = timer.deref()?.hasRef() && !/leftovers\.ts|node_modules\/(vitest|@vitest|vite)\//.test(stack)
    return isLeft ? [`a timer set${stack.split('\n').slice(4, 9).join('\n')}`] : []
  })

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
    const leftovers = [...listHandles(before.handles), ...listTimers()]
    if (leftovers.length === 0 || round === 100) return leftovers
    await wait(50)
  }
}

beforeAll(() => {
  before = countHandlesBefore()
  timerHook.enable()
})

afterAll(async () => {
  const leftovers = await waitForLeftovers()
  timerHook.disable()
  timers.clear()
  expect(leftovers, 'this file leaves nothing open').toEqual([])
  expect({ ...process.env }, 'this file leaves the environment as it was').toEqual(before.environment)
  expect(currentGlobals(), 'this file leaves the global functions as they were').toEqual(before.globals)
  expect(countListeners(), "this file leaves the process's listeners as they were").toEqual(before.listeners)
})
