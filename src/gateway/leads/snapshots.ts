import { LRUCache } from 'lru-cache'

/** Lists as they were collected, kept for a minute so that paging through one is stable. */
export interface Snapshots<T> {
  /** Collects anew for the first page; a later page takes what the first one saw, if it is still there. */
  of(key: readonly (string | number | boolean | null)[], offset: number, collect: () => Promise<T[]>): Promise<T[]>
}

export const createSnapshots = <T extends object>(now: () => Date): Snapshots<T> => {
  const lists = new LRUCache<string, T[]>({
    maxSize: 100_000,
    sizeCalculation: (list) => list.length + 1,
    ttl: 60_000,
    perf: { now: () => now().getTime() },
  })
  return {
    of: async (parts, offset, collect) => {
      const key = JSON.stringify(parts)
      const known = offset > 0 ? lists.get(key) : undefined
      if (known) return known
      const list = await collect()
      lists.set(key, list)
      return list
    },
  }
}
