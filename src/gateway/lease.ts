import { randomUUID } from 'node:crypto'
import type { ValueStore } from '#src/store/store.ts'

/** An exclusive lease in the store. If its owner crashes, it expires. */
export const createLease = (store: ValueStore, name: string, ttlMs: number, owner: string = randomUUID()) => ({
  /** Returns false if another owner holds the lease. */
  take: (): Promise<boolean> => store.setIfAbsent(name, owner, ttlMs),
  /** Returns false if this owner no longer holds the lease. */
  renew: (): Promise<boolean> => store.extendIfEqual(name, owner, ttlMs),
  /** Never throws: if the store is unavailable, the lease expires. */
  release: async (): Promise<void> => {
    await store.deleteIfEqual(name, owner).catch(() => {})
  },
})
