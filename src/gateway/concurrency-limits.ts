import type { Caller } from './request-context.ts'

/** How many may run at the same time: for one client, for one tenant, in this process. */
export interface ConcurrencyLimits {
  readonly client: number
  readonly tenant: number
  readonly process: number
}

export type ConcurrencyLevel = keyof ConcurrencyLimits

export interface ConcurrencyLimiter {
  /** Takes a place. Returns the function that frees it, or the level at which no place is left. */
  acquire(caller: Pick<Caller, 'tenant' | 'client'>): (() => void) | ConcurrencyLevel
}

/** Bounds work that lasts, such as streams: one client must not take what all others need. */
export const createConcurrencyLimiter = (limits: ConcurrencyLimits): ConcurrencyLimiter => {
  const counts = new Map<string, number>()

  const changeCount = (key: string, by: number): void => {
    const count = (counts.get(key) ?? 0) + by
    if (count === 0) counts.delete(key)
    else counts.set(key, count)
  }

  return {
    acquire: ({ tenant, client }) => {
      const keys: [ConcurrencyLevel, string][] = [
        ['client', JSON.stringify([tenant, client])],
        ['tenant', JSON.stringify([tenant])],
        ['process', ''],
      ]
      const full = keys.find(([level, key]) => (counts.get(key) ?? 0) >= limits[level])
      if (full) return full[0]
      for (const [, key] of keys) changeCount(key, 1)
      let isTaken = true
      return () => {
        if (!isTaken) return
        isTaken = false
        for (const [, key] of keys) changeCount(key, -1)
      }
    },
  }
}

export interface ClosableIterator<T> extends AsyncIterableIterator<T, void> {
  return(): Promise<IteratorResult<T, void>>
}

/** Calls `end` when the iteration ends in any way, also when it is given up before it starts. */
export const withCleanup = <T>(source: AsyncGenerator<T, void>, cleanUp: () => unknown): ClosableIterator<T> => ({
  next: async () => {
    const result = await source.next().catch(async (error: unknown) => {
      await cleanUp()
      throw error
    })
    if (result.done) await cleanUp()
    return result
  },
  return: async () => {
    await cleanUp()
    return source.return(undefined)
  },
  [Symbol.asyncIterator]() {
    return this
  },
})
