import { createFaults, type Fault, type FaultInput } from './faults.ts'
import { createJournal } from './journal.ts'
import type { JournalEntry } from './types.ts'

/** Controls an upstream in process, like the control calls over HTTP. */
export interface UpstreamControl<Settings> {
  settings(): Readonly<Settings>
  set(changes: Partial<Settings>): Readonly<Settings>
  fault(input: FaultInput): Fault
  faults(): Fault[]
  clearFaults(): void
  requests(): JournalEntry[]
  clearRequests(): void
  /** Resets faults, settings, journal and data of this upstream. */
  reset(): void
}

interface SettingsStore<Settings> {
  current(): Readonly<Settings>
  set(changes: Partial<Settings>): Readonly<Settings>
  reset(): void
}

export function createSwitchboard<Settings extends object>(
  settings: SettingsStore<Settings>,
  operations: readonly string[],
  resetState: () => void,
) {
  const faults = createFaults(operations)
  const journal = createJournal()
  const control: UpstreamControl<Settings> = {
    settings: settings.current,
    set: settings.set,
    fault: faults.add,
    faults: faults.list,
    clearFaults: faults.clear,
    requests: journal.entries,
    clearRequests: journal.clear,
    reset: () => {
      faults.clear()
      journal.clear()
      settings.reset()
      resetState()
    },
  }
  return { faults, journal, control }
}
