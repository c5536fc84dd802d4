/** Counts events of the last so many milliseconds. */
export const createRolling = (length: number, now: () => number) => {
  let times: number[] = []

  /** A clock that was set back leaves moments that lie ahead of it: they do not count. */
  const forget = (): void => {
    const present = now()
    if ((times.at(-1) ?? 0) > present) times = times.filter((time) => time <= present)
    const first = times.findIndex((time) => time > present - length)
    if (first !== 0) times = first < 0 ? [] : times.slice(first)
  }

  return {
    add: (): void => {
      forget()
      times.push(now())
    },
    count: (): number => {
      forget()
      return times.length
    },
    clear: (): void => {
      times = []
    },
  }
}
