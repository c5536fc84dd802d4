import { hourMs } from '../time.ts'

/** Counts the calls of a UTC hour. */
export function createHourlyCap(cap: () => number) {
  let currentHour = 0
  let spent = 0
  return {
    /** Counts one call. Returns false if it exceeds the cap. */
    spend: (now: number): boolean => {
      const thisHour = Math.floor(now / hourMs)
      if (thisHour !== currentHour) {
        currentHour = thisHour
        spent = 0
      }
      spent++
      return spent <= cap()
    },
    reset: (): void => {
      spent = 0
    },
  }
}

export type HourlyCap = ReturnType<typeof createHourlyCap>
