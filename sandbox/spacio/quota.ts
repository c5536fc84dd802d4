import { hour } from '../time.ts'

/** Counts the calls of a UTC hour; the count starts anew with the hour. */
export function createQuota(cap: () => number) {
  let currentHour = 0
  let spent = 0
  return {
    /** Counts one call and says whether it was within the cap. */
    spend: (now: number): boolean => {
      const thisHour = Math.floor(now / hour)
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

export type Quota = ReturnType<typeof createQuota>
