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

  return {
    /** Undefined: nobody else had this turn. */
    take: (): Promise<void> | undefined => {
      if (isTaken) return new Promise((resolve) => waiting.push(resolve))
      isTaken = true
      setImmediate(pass)
      return undefined
    },
  }
}
