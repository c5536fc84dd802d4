/** Lets one in at each turn of the event loop, so that what takes no time passes between what takes some. */
export const createYielder = () => {
  const queue: (() => void)[] = []
  let isTurnTaken = false

  const admitNext = (): void => {
    const admit = queue.shift()
    if (admit) {
      admit()
      setImmediate(admitNext)
    } else isTurnTaken = false
  }

  const waitForTurn = (): Promise<void> => {
    if (!isTurnTaken) setImmediate(admitNext)
    isTurnTaken = true
    return new Promise((resolve) => queue.push(resolve))
  }

  return {
    /** Always waits: for a turn of the event loop that is not this one, and that no one else has. */
    next: waitForTurn,
    /** Undefined: nobody else had this turn. */
    nextTurn: (): Promise<void> | undefined => {
      if (isTurnTaken) return waitForTurn()
      isTurnTaken = true
      setImmediate(admitNext)
      return undefined
    },
  }
}
