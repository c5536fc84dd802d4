import { createCounts } from '#src/lib/counts.ts'
import type { Caller } from './request-context.ts'

/** How many operations may run at the same time for each client, for each tenant and in this process. */
export interface ConcurrencyLimits {
  readonly client: number
  readonly tenant: number
  readonly process: number
}

export type ConcurrencyLevel = keyof ConcurrencyLimits

/** Limits long-running work such as streams, so that one client cannot exhaust the process. */
export const createConcurrencyLimiter = (limits: ConcurrencyLimits) => {
  const counts = createCounts()

  return {
    /** Returns the function that releases the slot, or the level whose limit is reached. */
    acquire: ({ tenant, client }: Pick<Caller, 'tenant' | 'client'>): (() => void) | ConcurrencyLevel => {
      const keys: [ConcurrencyLevel, string][] = [
        ['client', JSON.stringify([tenant, client])],
        ['tenant', JSON.stringify([tenant])],
        ['process', ''],
      ]
      const full = keys.find(([level, key]) => counts.get(key) >= limits[level])
      if (full) return full[0]
      for (const [, key] of keys) counts.add(key, 1)
      let isTaken = true
      return () => {
        if (!isTaken) return
        isTaken = false
        for (const [, key] of keys) counts.add(key, -1)
      }
    },
  }
}

export interface ClosableIterator<T> extends AsyncIterableIterator<T, void> {
  return(): Promise<IteratorResult<T, void>>
}

/** Calls `cleanUp` when the iteration ends, including when the consumer stops it before the first value. */
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
