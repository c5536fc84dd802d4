import { LRUCache } from 'lru-cache'
import { bytesOf } from '#src/json/estimated-size.ts'

/** Lists as they were collected, kept for a minute so that paging through one is stable. */
export interface Snapshots<T> {
  /** Collects anew for the first page; a later page takes what the first one saw, if it is still there. */
  of(tenant: string, key: readonly unknown[], offset: number, collect: () => Promise<T[]>): Promise<T[]>
}

export interface SnapshotLimits {
  /** For each tenant: one that pages through much does not evict what the others hold. */
  lists: number
  bytes: number
  /** For all tenants together. */
  processBytes: number
}

const MiB = 1024 * 1024

const defaultLimits: SnapshotLimits = { lists: 100, bytes: 64 * MiB, processBytes: 96 * MiB }

export const createSnapshots = <T extends object>(now: () => Date, limits = defaultLimits): Snapshots<T> => {
  const tenants = new Map<string, LRUCache<string, T[]>>()

  const listsOf = (tenant: string): LRUCache<string, T[]> => {
    const known = tenants.get(tenant)
    if (known) return known
    const lists = new LRUCache<string, T[]>({
      max: limits.lists,
      maxSize: limits.bytes,
      sizeCalculation: bytesOf,
      ttl: 60_000,
      perf: { now: () => now().getTime() },
      ttlResolution: 0,
    })
    tenants.set(tenant, lists)
    return lists
  }

  /** Evicts the oldest lists of the tenants that hold the most. */
  const makeRoom = (): void => {
    const all = [...tenants.values()]
    for (const lists of all) lists.purgeStale()
    let held = all.reduce((sum, { calculatedSize }) => sum + calculatedSize, 0)
    while (held > limits.processBytes) {
      const largest = all.reduce((one, other) => (other.calculatedSize > one.calculatedSize ? other : one))
      held -= largest.calculatedSize
      largest.pop()
      held += largest.calculatedSize
    }
  }

  return {
    of: async (tenant, parts, offset, collect) => {
      const lists = listsOf(tenant)
      const key = JSON.stringify(parts)
      const known = offset > 0 ? lists.get(key) : undefined
      if (known) return known
      const list = await collect()
      lists.set(key, list)
      makeRoom()
      return list
    },
  }
}
