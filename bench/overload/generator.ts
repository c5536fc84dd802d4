/** Runs load generators in separate processes. */
import { once } from 'node:events'
import { pinProcess } from '../performance/usage.ts'
import { launch, stop } from '../processes.ts'
import type { Load, LoadResult } from './load.ts'

export interface Generator {
  /** `onCounting` is called after the warm-up. */
  run(load: Load, onCounting?: () => void): Promise<LoadResult>
  stop(): Promise<void>
}

export const startGenerator = async (): Promise<Generator> => {
  const child = await launch(
    [...pinProcess(1), process.execPath, `${import.meta.dirname}/load.ts`],
    { PATH: process.env.PATH ?? '' },
    /ready/,
  )
  return {
    run: async (load, onCounting = () => {}) => {
      child.send(load)
      await once(child, 'message')
      onCounting()
      const [outcome] = await once(child, 'message')
      return outcome
    },
    stop: () => stop(child, 'SIGKILL'),
  }
}

const countStatuses = ({ statuses }: LoadResult, isWanted: (status: number) => boolean): number =>
  Object.entries(statuses).reduce((sum, [status, count]) => sum + (isWanted(Number(status)) ? count : 0), 0)

export const countSuccesses = (outcome: LoadResult): number => countStatuses(outcome, (status) => status === 200)

/** Returns the share of unsuccessful responses. */
export const getRefusedShare = (outcome: LoadResult): number => {
  const all = countStatuses(outcome, () => true)
  return all === 0 ? 1 : countStatuses(outcome, (status) => status !== 200) / all
}

/** Returns the share of due requests that succeeded. */
export const getSuccessShare = (outcome: LoadResult): number => {
  const due = countStatuses(outcome, () => true) + outcome.unsent
  return due === 0 ? 0 : countSuccesses(outcome) / due
}

export const countAll = (outcome: LoadResult): number => countStatuses(outcome, () => true)
