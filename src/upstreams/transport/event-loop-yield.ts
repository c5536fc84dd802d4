/** Lets one in at each turn of the event loop, so that what takes no time passes between what takes some. */
export const createTurns = () => {
  const waiting: (() => void)[] = []
  let isTaken = false

  const pass = (): void => {
    const admit = waiting.shift()
    if (admit) {
      admit()
      setImmediate(pass)
    } else isTaken = false
  }

  const next = (): Promise<void> => {
    if (!isTaken) setImmediate(pass)
    isTaken = true
    return new Promise((resolve) => waiting.push(resolve))
  }

  return {
    /** Always waits: for a turn of the event loop that is not this one, and that no one else has. */
    next,
    /** Undefined: nobody else had this turn. */
    take: (): Promise<void> | undefined => {
      if (isTaken) return next()
      isTaken = true
      setImmediate(pass)
      return undefined
    },
  }
}
