/** Admits one waiter per turn of the event loop, so that short tasks run between longer ones. */
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
    /** Always waits for a later turn that no other waiter has. */
    next: waitForTurn,
    /** Returns undefined if the current turn is free. */
    nextTurn: (): Promise<void> | undefined => {
      if (isTurnTaken) return waitForTurn()
      isTurnTaken = true
      setImmediate(admitNext)
      return undefined
    },
  }
}
