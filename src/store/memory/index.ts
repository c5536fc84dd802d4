import type { Store } from '../store.ts'
import { wrapStoreErrors } from '../unavailable.ts'
import { createMemoryCounters } from './counters.ts'
import { createMemoryLogs } from './logs.ts'
import { createMemoryRecords } from './records.ts'
import { createMemoryValues } from './values.ts'

/** A store in the memory of one process, for tests and for a single gateway that may lose its state. */
export const createMemoryStore = (now: () => number = Date.now): Store =>
  wrapStoreErrors({
    ...createMemoryLogs(),
    ...createMemoryValues(now),
    ...createMemoryRecords(),
    ...createMemoryCounters(now),
    close: async () => {},
  })
