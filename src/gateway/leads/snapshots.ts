import { LRUCache } from 'lru-cache'
import { estimateBytes } from '#src/json/estimated-size.ts'
import { getOrCreate } from '#src/lib/get-or-create.ts'
import { expireAfter } from '#src/lib/lru-options.ts'
import { MiB, minuteMs } from '#src/lib/units.ts'

interface SnapshotLimits {
  /** Per tenant, so that one tenant cannot evict the lists of others. */
  maxLists: number
  maxBytes: number
  /** For all tenants together. */
  maxProcessBytes: number
}

export const snapshotLimits: SnapshotLimits = { maxLists: 100, maxBytes: 64 * MiB, maxProcessBytes: 96 * MiB }

/** Caches collected lists for a minute, so that paging is stable. */
export const createSnapshots = <T extends object>(now: () => Date, limits = snapshotLimits) => {
  const listsByTenant = new Map<string, LRUCache<string, T[]>>()

  const createLists = () =>
    new LRUCache<string, T[]>({
      max: limits.maxLists,
      maxSize: limits.maxBytes,
      sizeCalculation: estimateBytes,
      ...expireAfter(minuteMs, () => now().getTime()),
    })

  /** Evicts the oldest lists of the largest tenants. */
  const evictOldest = (): void => {
    const all = [...listsByTenant.values()]
    for (const lists of all) lists.purgeStale()
    let totalBytes = all.reduce((sum, { calculatedSize }) => sum + calculatedSize, 0)
    while (totalBytes > limits.maxProcessBytes) {
      const largest = all.reduce((one, other) => (other.calculatedSize > one.calculatedSize ? other : one))
      totalBytes -= largest.calculatedSize
      largest.pop()
      totalBytes += largest.calculatedSize
    }
  }

  return {
    /** The first page always collects. Later pages use the list of the first page if it is still cached. */
    getOrCollect: async (
      tenant: string,
      parts: readonly unknown[],
      offset: number,
      collect: () => Promise<T[]>,
    ): Promise<T[]> => {
      const lists = getOrCreate(listsByTenant, tenant, createLists)
      const key = JSON.stringify(parts)
      const known = offset > 0 ? lists.get(key) : undefined
      if (known) return known
      const list = await collect()
      lists.set(key, list)
      evictOldest()
      return list
    },
  }
}
