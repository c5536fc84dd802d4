import type { Environment } from '#src/config.ts'
import { type Answer, type House, openHouse } from './test-gateway.ts'

/** A clock that stands still until it is moved. */
export const createClock = (start = Date.parse('2026-03-15T12:00:00Z')) => {
  let time = start
  return {
    now: () => new Date(time),
    pass: (seconds: number): void => {
      time += seconds * 1000
    },
  }
}

export type Clock = ReturnType<typeof createClock>

export interface TimedHouse extends House {
  clock: Clock
  /** Operations that Spacio was asked, in order. */
  asked(): string[]
  /** Everything that is kept is too old, and the sandbox as new. */
  nextDay(): void
}

/** A house on a clock of its own. */
export const openTimedHouse = async (env: Environment = {}): Promise<TimedHouse> => {
  const clock = createClock()
  const house = await openHouse({ env, sandbox: { leads: 100, now: clock.now() }, now: clock.now })
  return {
    ...house,
    clock,
    asked: () => house.sandbox.control.spacio.requests().map(({ operation }) => operation),
    nextDay: () => {
      clock.pass(24 * 60 * 60)
      house.sandbox.control.reset()
    },
  }
}

export const statusOf = ({ headers }: Answer): unknown => headers['cache-status']
