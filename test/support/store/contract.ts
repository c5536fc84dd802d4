import { describe } from 'vitest'
import type { Store } from '#src/store/store.ts'
import { describeCounters } from './contract-counters.ts'
import { describeInterleavings } from './contract-interleavings.ts'
import { describeLogs } from './contract-logs.ts'
import { describeModel } from './contract-model.ts'
import { describeRecords } from './contract-records.ts'
import { describeValues } from './contract-values.ts'

/** An empty store with its environment. The test of the implementation closes and removes it. */
export interface Opened {
  store: Store
  /** Opens the same state again, as another replica does. */
  another(): Store
  /** Advances the time of the store without waiting. */
  pass(ms: number): unknown
  /**
   * The number of milliseconds that may pass during a test without an effect on the store: 1 if the clock does not move
   * by itself.
   */
  unit: number
}

export type Open = () => Opened | Promise<Opened>

export type OpenEmpty = () => Promise<Store>

/** The contract of every store. */
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
