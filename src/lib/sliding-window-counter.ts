/** Counts events in the last `windowMs` milliseconds. The cost per event is constant on average. */
export const createSlidingWindowCounter = (windowMs: number, now: () => number) => {
  let times: number[] = []
  /** Index of the oldest event that still counts. */
  let firstIndex = 0

  const compact = (): void => {
    times = times.slice(firstIndex)
    firstIndex = 0
  }

  /** Removes expired events. After the clock was set back, events with a later time do not count. */
  const dropExpired = (): void => {
    const nowMs = now()
    if ((times.at(-1) ?? 0) > nowMs) {
      compact()
      times = times.filter((time) => time <= nowMs)
    }
    while (firstIndex < times.length && (times[firstIndex] as number) <= nowMs - windowMs) firstIndex += 1
    // Compacting half of the array at a time moves each event once on average.
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
