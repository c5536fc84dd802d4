import { createMemoryCounters } from './memory-counters.ts'
import { createMemoryLogs } from './memory-logs.ts'
import { createMemoryRecords } from './memory-records.ts'
import { createMemoryValues } from './memory-values.ts'
import type { Store } from './port.ts'
import { failUnavailable } from './unavailable.ts'

/** State of one process that ends with it: for tests, and for a gateway alone that may forget. */
export const createMemoryStore = (now: () => number = Date.now): Store =>
  failUnavailable({
    ...createMemoryLogs(),
    ...createMemoryValues(now),
    ...createMemoryRecords(),
    ...createMemoryCounters(now),
    close: async () => {},
  })
