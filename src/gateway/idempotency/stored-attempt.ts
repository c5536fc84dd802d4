import { inProgress } from '#src/gateway/idempotency/lease.ts'
import { Problem } from '#src/problems.ts'
import type { ValueStore } from '#src/store/store.ts'
import { orUnavailable } from '../connections/repository.ts'
import type { Sealer } from '../crypto/encryption.ts'
import { digestOf, fingerprintOf } from './key.ts'

/** Without `written` it may have been sent or not: whoever was at it has not come back. */
export interface Attempt<Sent, Written> {
  readonly fingerprint: string
  readonly sent?: Sent
  readonly written?: Written
  /** As it stands in the store. */
  readonly text: string
}

/** Whose key it is and what it is for, the tenant first; and the request that it came with. */
export interface Keyed {
  readonly place: readonly string[]
  readonly key: string
  readonly request: unknown
}

const dayMs = 86_400_000

/**
 * What was sent and written under a key, for a day. Sealed, since it holds a whole reply: a listing, and with it perhaps
 * what the upstream says beyond our schema.
 */
export const createAttempts = <Sent, Written>(store: ValueStore, sealer: Sealer, { place, key, request }: Keyed) => {
  type Kept = Attempt<Sent, Written>
  const where = ['idempotency', ...place, digestOf(key)]
  const name = JSON.stringify(where)
  const fingerprint = fingerprintOf(request)

  const seal = (attempt: Pick<Kept, 'sent' | 'written'>): string =>
    sealer.seal(JSON.stringify({ ...attempt, fingerprint }), where)

  const unseal = (text: string): Kept => {
    const opened = sealer.open(text, where)
    // What no key of ours opens any more may have been sent all the same.
    const attempt = opened === null ? { fingerprint } : (JSON.parse(opened) as Omit<Kept, 'text'>)
    if (attempt.fingerprint !== fingerprint) throw new Problem('idempotency-mismatch')
    return { ...attempt, text }
  }

  return {
    lease: JSON.stringify(['idempotency lease', ...where.slice(1)]),
    recall: async (): Promise<Kept | null> => {
      const text = await orUnavailable(() => store.get(name))
      return text === null ? null : unseal(text)
    },
    begin: async (sent: Sent): Promise<Kept> => {
      const text = seal({ sent })
      if (!(await orUnavailable(() => store.setIfAbsent(name, text, dayMs)))) throw inProgress()
      return { fingerprint, sent, text }
    },
    // What is done is done: where it cannot be kept, an attempt stays behind of which nobody knows.
    end: ({ text }: Kept, written: Written) =>
      store.replaceIfEqual(name, text, seal({ written }), dayMs).catch(() => false),
    forget: ({ text }: Kept) => store.deleteIfEqual(name, text).catch(() => false),
  }
}
