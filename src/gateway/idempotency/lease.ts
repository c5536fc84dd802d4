import { randomUUID } from 'node:crypto'
import { mapStoreErrors } from '#src/gateway/connections/repository.ts'
import { Problem } from '#src/problems.ts'
import type { ValueStore } from '#src/store/store.ts'

/**
 * Longer than a write can take, including two token renewals. A crashed process frees the key after this time, and two
 * processes never send at the same time.
 */
const leaseMs = 60_000

export const createInProgress = (): Problem =>
  new Problem('conflict', { detail: 'A request with this Idempotency-Key is in progress. Repeat yours later.' })

/** Runs work under an exclusive lease. Throws `conflict` if another request holds the lease. */
export const withLease = async <T>(
  store: ValueStore,
  name: string,
  work: (renew: () => Promise<void>) => Promise<T>,
): Promise<T> => {
  const owner = randomUUID()
  const requireLease = async (step: Promise<boolean>): Promise<void> => {
    if (!(await mapStoreErrors(() => step))) throw createInProgress()
  }
  await requireLease(store.setIfAbsent(name, owner, leaseMs))
  try {
    return await work(() => requireLease(store.extendIfEqual(name, owner, leaseMs)))
  } finally {
    // If the store is unavailable, the lease expires.
    await store.deleteIfEqual(name, owner).catch(() => false)
  }
}
