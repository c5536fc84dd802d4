import { createHook } from 'node:async_hooks'

interface Origin {
  timer: WeakRef<NodeJS.Timeout>
  /** Its stack is formatted at the first access: formatting the stacks of all timers took an eighth of the CPU time. */
  origin: Error
}

/** Vitest sets 100. Taking so many frames of each timer costs CPU time in all test files. */
const maxFrames = 20

const createOrigin = (): Error => {
  const { stackTraceLimit } = Error
  Error.stackTraceLimit = maxFrames
  const origin = new Error()
  Error.stackTraceLimit = stackTraceLimit
  return origin
}

const ownFrames = /leftovers\.ts|node_modules\/(vitest|@vitest|vite)\//

/** The frames above the hook and above Node: the first one set the timer. */
const listCallers = ({ stack }: Error): string[] =>
  String(stack)
    .split('\n')
    .slice(3)
    .filter((frame) => !frame.includes('node:'))

/** Tracks the timers that keep the process alive, one by one, because Vitest has its own. The stack shows the owner. */
export const createTimerTracker = () => {
  const timers = new Map<number, Origin>()
  const hook = createHook({
    init(id, type, _trigger, resource) {
      if (type !== 'Timeout') return
      timers.set(id, { timer: new WeakRef(resource as NodeJS.Timeout), origin: createOrigin() })
    },
    destroy(id) {
      timers.delete(id)
    },
    trackPromises: false,
  })
  return {
    start: (): void => {
      hook.enable()
    },
    /** Returns where each open timer was set. */
    list: (): string[] =>
      [...timers.values()].flatMap(({ timer, origin }) => {
        if (!timer.deref()?.hasRef()) return []
        const callers = listCallers(origin)
        return ownFrames.test(callers[0] ?? '') ? [] : [`a timer set\n${callers.slice(0, 5).join('\n')}`]
      }),
    stop: (): void => {
      hook.disable()
      timers.clear()
    },
  }
}
