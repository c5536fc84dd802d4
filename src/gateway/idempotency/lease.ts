import { randomUUID } from 'node:crypto'
import { mapStoreErrors } from '#src/gateway/connections/repository.ts'
import { Problem } from '#src/problems.ts'
import type { ValueStore } from '#src/store/store.ts'

/**
 * Longer than sending takes at worst, with an access token that is renewed before it and once more after a refusal: who
 * died meanwhile leaves the key to others, and nobody sends while another still may.
 */
const leaseMs = 60_000

export const createInProgress = (): Problem =>
  new Problem('conflict', { detail: 'A request with this Idempotency-Key is in progress. Repeat yours later.' })

/** Works alone under a name: of many who come at once, the others are told to come back. Throws `conflict`. */
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
    // Otherwise it ends by itself.
    await store.deleteIfEqual(name, owner).catch(() => false)
  }
}
