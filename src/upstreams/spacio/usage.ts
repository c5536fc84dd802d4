import type { Ask } from './ask.ts'

const hour = 3_600_000

/** Counts calls in the present UTC hour, as the vendor does for the cap of a key. */
export const createHourlyUsage = (now: () => number) => {
  let current = { hour: 0, calls: 0 }

  const present = () => {
    const index = Math.floor(now() / hour)
    if (current.hour !== index) current = { hour: index, calls: 0 }
    return current
  }

  return {
    counting:
      (ask: Ask): Ask =>
      (name, form, signal) => {
        present().calls += 1
        return ask(name, form, signal)
      },
    callsThisHour: () => present().calls,
  }
}
