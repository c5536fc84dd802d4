import type { Caller } from './request-context.ts'

/** How many may run at the same time: for one client, for one tenant, in this process. */
export interface PlaceLimits {
  readonly client: number
  readonly tenant: number
  readonly process: number
}

export type PlaceLevel = keyof PlaceLimits

export interface Places {
  /** Takes a place. Returns the function that frees it, or the level at which no place is left. */
  take(caller: Pick<Caller, 'tenant' | 'client'>): (() => void) | PlaceLevel
}

/** Bounds work that lasts, such as streams: one client must not take what all others need. */
export const createPlaces = (limits: PlaceLimits): Places => {
  const taken = new Map<string, number>()

  const change = (key: string, by: number): void => {
    const count = (taken.get(key) ?? 0) + by
    if (count === 0) taken.delete(key)
    else taken.set(key, count)
  }

  return {
    take: ({ tenant, client }) => {
      const keys: [PlaceLevel, string][] = [
        ['client', JSON.stringify([tenant, client])],
        ['tenant', JSON.stringify([tenant])],
        ['process', ''],
      ]
      const full = keys.find(([level, key]) => (taken.get(key) ?? 0) >= limits[level])
      if (full) return full[0]
      for (const [, key] of keys) change(key, 1)
      let isTaken = true
      return () => {
        if (!isTaken) return
        isTaken = false
        for (const [, key] of keys) change(key, -1)
      }
    },
  }
}

export interface EndedIteration<T> extends AsyncIterableIterator<T, void> {
  return(): Promise<IteratorResult<T, void>>
}

/** Calls `end` when the iteration ends in any way, also when it is given up before it starts. */
export const withEnd = <T>(source: AsyncGenerator<T, void>, end: () => unknown): EndedIteration<T> => ({
  next: async () => {
    const result = await source.next().catch(async (error: unknown) => {
      await end()
      throw error
    })
    if (result.done) await end()
    return result
  },
  return: async () => {
    await end()
    return source.return(undefined)
  },
  [Symbol.asyncIterator]() {
    return this
  },
})
