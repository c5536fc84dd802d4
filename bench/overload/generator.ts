/** Load generators as processes of their own. */
import { once } from 'node:events'
import { pinnedTo } from '../performance/usage.ts'
import { launch, stop } from '../processes.ts'
import type { Load, Outcome } from './load.ts'

export interface Generator {
  /** `onCounting` is called when the warm-up is over. */
  run(load: Load, onCounting?: () => void): Promise<Outcome>
  stop(): Promise<void>
}

export const startGenerator = async (): Promise<Generator> => {
  const child = await launch(
    [...pinnedTo(1), process.execPath, `${import.meta.dirname}/load.ts`],
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

const countOf = ({ statuses }: Outcome, isWanted: (status: number) => boolean): number =>
  Object.entries(statuses).reduce((sum, [status, count]) => sum + (isWanted(Number(status)) ? count : 0), 0)

export const successesOf = (outcome: Outcome): number => countOf(outcome, (status) => status === 200)

/** Share of the replies that are no success. */
export const refusedShare = (outcome: Outcome): number => {
  const all = countOf(outcome, () => true)
  return all === 0 ? 1 : countOf(outcome, (status) => status !== 200) / all
}

/** Share of the requests that were due and succeeded. */
export const successShare = (outcome: Outcome): number => {
  const due = countOf(outcome, () => true) + outcome.unsent
  return due === 0 ? 0 : successesOf(outcome) / due
}

export const totalOf = (outcome: Outcome): number => countOf(outcome, () => true)
