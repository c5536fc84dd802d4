/** Counts events of the last so many milliseconds, at a cost that does not grow with their number. */
export const createSlidingWindowCounter = (windowMs: number, now: () => number) => {
  let times: number[] = []
  /** Where those begin that still count. */
  let firstIndex = 0

  const compact = (): void => {
    times = times.slice(firstIndex)
    firstIndex = 0
  }

  /** A clock that was set back leaves moments that lie ahead of it: they do not count. */
  const dropExpired = (): void => {
    const nowMs = now()
    if ((times.at(-1) ?? 0) > nowMs) {
      compact()
      times = times.filter((time) => time <= nowMs)
    }
    while (firstIndex < times.length && (times[firstIndex] as number) <= nowMs - windowMs) firstIndex += 1
    // Half of them at a time, so that each moment is moved once on average.
    if (firstIndex > times.length / 2) compact()
  }

  return {
    add: (): void => {
      dropExpired()
      times.push(now())
    },
    count: (): number => {
      dropExpired()
      return times.length - firstIndex
    },
    clear: (): void => {
      times = []
      firstIndex = 0
    },
  }
}
