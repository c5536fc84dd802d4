/** Counts events of the last so many milliseconds, at a cost that does not grow with their number. */
export const createRolling = (length: number, now: () => number) => {
  let times: number[] = []
  /** Where those begin that still count. */
  let first = 0

  const drop = (): void => {
    times = times.slice(first)
    first = 0
  }

  /** A clock that was set back leaves moments that lie ahead of it: they do not count. */
  const forget = (): void => {
    const present = now()
    if ((times.at(-1) ?? 0) > present) {
      drop()
      times = times.filter((time) => time <= present)
    }
    while (first < times.length && (times[first] as number) <= present - length) first += 1
    // Half of them at a time, so that each moment is moved once on average.
    if (first > times.length / 2) drop()
  }

  return {
    add: (): void => {
      forget()
      times.push(now())
    },
    count: (): number => {
      forget()
      return times.length - first
    },
    clear: (): void => {
      times = []
      first = 0
    },
  }
}
