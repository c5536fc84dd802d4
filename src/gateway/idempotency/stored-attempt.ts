import { createInProgress } from '#src/gateway/idempotency/lease.ts'
import { Problem } from '#src/problems.ts'
import type { ValueStore } from '#src/store/store.ts'
import { mapStoreErrors } from '../connections/repository.ts'
import type { Sealer } from '../crypto/encryption.ts'
import { createFingerprint, digestText } from './key.ts'

/** Without `written` it may have been sent or not: whoever was at it has not come back. */
export interface Attempt<Sent, Written> {
  readonly fingerprint: string
  readonly sent?: Sent
  readonly written?: Written
  /** As it stands in the store. */
  readonly text: string
}

/** Whose key it is and what it is for, the tenant first; and the request that it came with. */
export interface IdempotencyScope {
  readonly place: readonly string[]
  readonly key: string
  readonly request: unknown
}

const retentionMs = 86_400_000

/**
 * What was sent and written under a key, for a day. Sealed, since it holds a whole reply: a listing, and with it perhaps
 * what the upstream says beyond our schema.
 */
export const createAttemptStore = <Sent, Written>(
  store: ValueStore,
  sealer: Sealer,
  { place, key, request }: IdempotencyScope,
) => {
  type StoredAttempt = Attempt<Sent, Written>
  const storePath = ['idempotency', ...place, digestText(key)]
  const name = JSON.stringify(storePath)
  const fingerprint = createFingerprint(request)

  const seal = (attempt: Pick<StoredAttempt, 'sent' | 'written'>): string =>
    sealer.seal(JSON.stringify({ ...attempt, fingerprint }), storePath)

  const unseal = (text: string): StoredAttempt => {
    const json = sealer.open(text, storePath)
    // What no key of ours opens any more may have been sent all the same.
    const attempt = json === null ? { fingerprint } : (JSON.parse(json) as Omit<StoredAttempt, 'text'>)
    if (attempt.fingerprint !== fingerprint) throw new Problem('idempotency-mismatch')
    return { ...attempt, text }
  }

  return {
    lease: JSON.stringify(['idempotency lease', ...storePath.slice(1)]),
    recall: async (): Promise<StoredAttempt | null> => {
      const text = await mapStoreErrors(() => store.get(name))
      return text === null ? null : unseal(text)
    },
    begin: async (sent: Sent): Promise<StoredAttempt> => {
      const text = seal({ sent })
      if (!(await mapStoreErrors(() => store.setIfAbsent(name, text, retentionMs)))) throw createInProgress()
      return { fingerprint, sent, text }
    },
    // What is done is done: where it cannot be kept, an attempt stays behind of which nobody knows.
    end: ({ text }: StoredAttempt, written: Written) =>
      store.replaceIfEqual(name, text, seal({ written }), retentionMs).catch(() => false),
    forget: ({ text }: StoredAttempt) => store.deleteIfEqual(name, text).catch(() => false),
  }
}
