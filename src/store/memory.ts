import { createMemoryLogs } from './memory-logs.ts'
import { createMemoryValues } from './memory-values.ts'
import type { Store } from './port.ts'

/** State of one process that ends with it: for tests, and for a gateway alone that may forget. */
export const createMemoryStore = (now: () => number = Date.now): Store => ({
  ...createMemoryLogs(),
  ...createMemoryValues(now),
  close: async () => {},
})
