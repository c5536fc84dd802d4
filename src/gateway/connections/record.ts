import type { LionDeskUser } from '#src/upstreams/index.ts'
import type { Sealer } from '../crypto/encryption.ts'

/** `pending`: a user was sent to LionDesk and is not back yet. */
export type ConnectionStatus = 'pending' | 'connected' | 'reauthorization-required'

/** What is sealed in the store. Times are milliseconds since 1970. */
export interface Secrets {
  /** Null: there was none yet. */
  readonly accessToken: string | null
  readonly refreshToken: string | null
  readonly issuedAt: number
  /** Null: LionDesk did not say. */
  readonly expiresAt: number | null
  /** Where the consent led back to. */
  readonly redirectUri: string | null
  readonly user: LionDeskUser | null
}

export interface ConnectionRecord {
  readonly status: ConnectionStatus
  readonly createdAt: number
  /** The client that began it; null: the operator configured it. */
  readonly client: string | null
  /** Until when a user can come back. */
  readonly pendingUntil: number | null
  /** Of a configured one: the digest of its refresh token, and of those that stood there before it. */
  readonly origins: readonly string[]
  /** Null: there are none yet, or no key of ours opens them. */
  readonly secrets: Secrets | null
}

/** A record as it was read: it is replaced only where it is still the same text. */
export interface StoredConnection {
  readonly id: string
  readonly text: string
  readonly record: ConnectionRecord
}

export interface RecordCodec {
  encode(id: string, record: ConnectionRecord): string
  decode(id: string, text: string): StoredConnection
  /** Sealed with a key that is on its way out. */
  isStale(connection: StoredConnection): boolean
}

type StoredRecord = Omit<ConnectionRecord, 'secrets'> & { readonly sealed: string | null }

/** Every encoding differs from every other, since each is sealed anew: an old text never comes back. */
export const createRecordCodec = (sealer: Sealer, getPlace: (id: string) => readonly string[]): RecordCodec => ({
  encode: (id, { secrets, ...open }) => {
    const stored: StoredRecord = { ...open, sealed: secrets && sealer.seal(JSON.stringify(secrets), getPlace(id)) }
    return JSON.stringify(stored)
  },
  decode: (id, text) => {
    const { sealed, ...open } = JSON.parse(text) as StoredRecord
    if (sealed === null) return { id, text, record: { ...open, secrets: null } }
    const secrets = sealer.open(sealed, getPlace(id))
    if (secrets !== null) return { id, text, record: { ...open, secrets: JSON.parse(secrets) as Secrets } }
    return { id, text, record: { ...open, status: 'reauthorization-required', secrets: null } }
  },
  isStale: ({ text, record }) => {
    const { sealed } = JSON.parse(text) as StoredRecord
    return record.secrets !== null && sealed !== null && !sealer.isCurrent(sealed)
  },
})
