import type { Environment } from '#src/config.ts'
import { openSandboxAndGateway, type SandboxGateway, type TestResponse } from './test-gateway.ts'

/** A clock that only the test moves. */
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

export interface TimedGateway extends SandboxGateway {
  clock: Clock
  /** The operations that Spacio received, in order. */
  listCalls(): string[]
  /** Makes all cache entries stale and resets the sandbox. */
  nextDay(): void
}

/** Opens a gateway on a clock of its own. */
export const openTimedGateway = async (env: Environment = {}): Promise<TimedGateway> => {
  const clock = createClock()
  const testGateway = await openSandboxAndGateway({ env, sandbox: { leads: 100, now: clock.now() }, now: clock.now })
  return {
    ...testGateway,
    clock,
    listCalls: () => testGateway.sandbox.control.spacio.requests().map(({ operation }) => operation),
    nextDay: () => {
      clock.pass(24 * 60 * 60)
      testGateway.sandbox.control.reset()
    },
  }
}

export const getCacheStatus = ({ headers }: TestResponse): unknown => headers['cache-status']
