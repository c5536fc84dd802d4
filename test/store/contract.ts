import { describe } from 'vitest'
import type { Store } from '#src/store/port.ts'
import { describeInterleavings } from './contract-interleavings.ts'
import { describeLogs } from './contract-logs.ts'
import { describeValues } from './contract-values.ts'

/** An empty store on the given clock; the implementation's test closes and clears it away. */
export type OpenEmpty = (now?: () => number) => Store | Promise<Store>

/** What every store promises, whatever holds the data. */
export const describeStore = (name: string, openEmpty: OpenEmpty): void => {
  describe(name, () => {
    describeLogs(openEmpty)
    describeInterleavings(openEmpty)
    describeValues(openEmpty)
  })
}
