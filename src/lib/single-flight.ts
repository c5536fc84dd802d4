/** Concurrent callers with the same key share one run. A call after its end starts another run. */
export const createSingleFlight = <Value>() => {
  const runs = new Map<string, Promise<Value>>()
  return {
    /** Returns the pending run, or starts one. */
    run: (start: () => Promise<Value>, key = ''): Promise<Value> => {
      const pending = runs.get(key)
      if (pending) return pending
      const run = start().finally(() => runs.delete(key))
      runs.set(key, run)
      return run
    },
    getPending: (key = ''): Promise<Value> | undefined => runs.get(key),
    /** Resolves when all pending runs have ended. */
    settle: async (): Promise<void> => {
      await Promise.allSettled(runs.values())
    },
  }
}
