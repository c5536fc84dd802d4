import { createYielder } from './event-loop-yield.ts'

/** Work in small steps. Other work may run at each `yield`. */
export type Steps<T> = Generator<void, T, void>

export interface Slices {
  /**
   * Runs steps. Short work returns its value directly. Longer work runs in slices, between which the event loop turns.
   */
  run<T>(steps: Steps<T>): T | Promise<T>
  /** Returns a function for long-running work to await regularly. It pauses when the slice is used up. */
  createPacer(): () => Promise<void> | undefined
}

interface SliceOptions {
  /** Waits for another turn of the event loop and for other slices. */
  readonly pause?: () => Promise<void>
  readonly now?: () => number
}

const maxSliceMs = 10

export const createSlices = ({
  pause = createYielder().next,
  now = () => performance.now(),
}: SliceOptions = {}): Slices => {
  const runSlice = <T>(steps: Steps<T>): IteratorResult<void, T> => {
    const sliceEndMs = now() + maxSliceMs
    for (;;) {
      const result = steps.next()
      if (result.done || now() >= sliceEndMs) return result
    }
  }

  const continueRun = async <T>(steps: Steps<T>): Promise<T> => {
    for (;;) {
      await pause()
      const result = runSlice(steps)
      if (result.done) return result.value
    }
  }

  return {
    run: (steps) => {
      const result = runSlice(steps)
      return result.done ? result.value : continueRun(steps)
    },
    createPacer: () => {
      let sliceEndMs = now() + maxSliceMs
      const pauseAndReset = async (): Promise<void> => {
        await pause()
        sliceEndMs = now() + maxSliceMs
      }
      return () => (now() < sliceEndMs ? undefined : pauseAndReset())
    },
  }
}

/** For work that is known to be short. */
export const runToEnd: <T>(steps: Steps<T>) => T = (steps) => {
  for (;;) {
    const result = steps.next()
    if (result.done) return result.value
  }
}
