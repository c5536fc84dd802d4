import { hash } from 'node:crypto'
import { dayMs } from '#src/lib/units.ts'
import { Problem } from '#src/problems.ts'
import type { ValueStore } from '#src/store/store.ts'
import type { Sealer } from '../crypto/encryption.ts'
import { mapStoreErrors } from '../store-errors.ts'

/** An attempt without a result may or may not have been sent: its process did not finish. */
export interface Attempt<Payload, Result> {
  readonly fingerprint: string
  readonly payload?: Payload | undefined
  readonly result?: Result | undefined
  /** The encrypted text in the store. */
  readonly text: string
}

/** The scope of the key (tenant first), the key, and the request that it came with. */
export interface IdempotencyScope {
  readonly path: readonly string[]
  readonly key: string
  readonly request: unknown
}

const retentionMs = dayMs

export const createInProgress = (): Problem =>
  new Problem('conflict', { detail: 'A request with this Idempotency-Key is in progress. Repeat yours later.' })

/** Stores attempts for a day, encrypted, because a result may contain personal data outside the public schema. */
export const createAttemptStore = <Payload, Result>(
  store: ValueStore,
  sealer: Sealer,
  { path, key, request }: IdempotencyScope,
) => {
  type StoredAttempt = Attempt<Payload, Result>
  const storePath = ['idempotency', ...path, digestText(key)]
  const name = JSON.stringify(storePath)
  const fingerprint = createFingerprint(request)

  // `sent` and `written` are part of the stored format, which replicas of earlier releases share.
  const seal = ({ payload, result }: Pick<StoredAttempt, 'payload' | 'result'>): string =>
    sealer.seal(JSON.stringify({ sent: payload, written: result, fingerprint }), storePath)

  const unseal = (text: string): StoredAttempt => {
    const json = sealer.open(text, storePath)
    // An attempt that no key decrypts may have been sent.
    if (json === null) return { fingerprint, text }
    const stored = JSON.parse(json) as { fingerprint: string; sent?: Payload; written?: Result }
    if (stored.fingerprint !== fingerprint) throw new Problem('idempotency-mismatch')
    return { fingerprint, payload: stored.sent, result: stored.written, text }
  }

  return {
    leaseName: JSON.stringify(['idempotency lease', ...storePath.slice(1)]),
    load: async (): Promise<StoredAttempt | null> => {
      const text = await mapStoreErrors(() => store.get(name))
      return text === null ? null : unseal(text)
    },
    create: async (payload: Payload): Promise<StoredAttempt> => {
      const text = seal({ payload })
      if (!(await mapStoreErrors(() => store.setIfAbsent(name, text, retentionMs)))) throw createInProgress()
      return { fingerprint, payload, text }
    },
    // If the result cannot be stored, the attempt stays behind with an unknown outcome.
    complete: ({ text }: StoredAttempt, result: Result) =>
      store.replaceIfEqual(name, text, seal({ result }), retentionMs).catch(() => false),
    remove: ({ text }: StoredAttempt) => store.deleteIfEqual(name, text).catch(() => false),
  }
}

/** Accepts a bare token, and a quoted string as in the IETF draft of `Idempotency-Key`. */
export const parseIdempotencyKey = (header: string): string =>
  header.startsWith('"') ? header.slice(1, -1).replace(/\\(["\\])/g, '$1') : header

export const digestText = (text: string): string => hash('sha256', text, 'base64url')

/** Equal requests have equal fingerprints, regardless of the order of their keys. */
const createFingerprint = (request: unknown): string =>
  digestText(
    JSON.stringify(request, (_name, each: unknown) =>
      typeof each === 'object' && each !== null && !Array.isArray(each)
        ? Object.fromEntries(Object.entries(each).sort(([a], [b]) => (a < b ? -1 : 1)))
        : each,
    ),
  )
