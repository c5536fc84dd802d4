import { describe } from 'vitest'
import type { Store } from '#src/store/store.ts'
import { describeCounters } from './contract-counters.ts'
import { describeInterleavings } from './contract-interleavings.ts'
import { describeLogs } from './contract-logs.ts'
import { describeModel } from './contract-model.ts'
import { describeRecords } from './contract-records.ts'
import { describeValues } from './contract-values.ts'

/** An empty store and what a test needs of its surroundings; the implementation's test closes and clears it away. */
export interface Opened {
  store: Store
  /** The same state once more, as another replica holds it. */
  another(): Store
  /** Lets a time go by for the store: its clock is moved, nobody waits. */
  pass(ms: number): unknown
  /** Milliseconds that a test may take without the store noticing: 1 where its clock stands still meanwhile. */
  unit: number
}

export type Open = () => Opened | Promise<Opened>

export type OpenEmpty = () => Promise<Store>

/** What every store promises, whatever holds the data. */
export const describeStore = (name: string, open: Open): void => {
  const openEmpty: OpenEmpty = async () => (await open()).store
  describe(name, () => {
    describeLogs(openEmpty)
    describeInterleavings(openEmpty)
    describeValues(open)
    describeRecords(openEmpty)
    describeCounters(open)
    describeModel(openEmpty)
  })
}
