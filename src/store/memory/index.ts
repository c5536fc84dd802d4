import type { Store } from '../store.ts'
import { wrapStoreErrors } from '../unavailable.ts'
import { createMemoryCounters } from './counters.ts'
import { createMemoryLogs } from './logs.ts'
import { createMemoryRecords } from './records.ts'
import { createMemoryValues } from './values.ts'

/** State of one process that ends with it: for tests, and for a gateway alone that may forget. */
export const createMemoryStore = (now: () => number = Date.now): Store =>
  wrapStoreErrors({
    ...createMemoryLogs(),
    ...createMemoryValues(now),
    ...createMemoryRecords(),
    ...createMemoryCounters(now),
    close: async () => {},
  })
