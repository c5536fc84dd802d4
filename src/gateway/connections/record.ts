import type { LionDeskUser } from '#src/upstreams/index.ts'
import type { Sealer } from '../crypto/encryption.ts'

/** `pending`: the gateway redirected the user to LionDesk and the callback has not arrived. */
type ConnectionStatus = 'pending' | 'connected' | 'reauthorization-required'

/** The encrypted part of a record. Times are milliseconds since 1970. */
export interface Secrets {
  /** Null before the first renewal. */
  readonly accessToken: string | null
  readonly refreshToken: string | null
  readonly issuedAt: number
  /** Null if LionDesk sent no lifetime. */
  readonly expiresAt: number | null
  /** The redirect URI of the consent, which LionDesk requires again for each refresh. */
  readonly redirectUri: string | null
  readonly user: LionDeskUser | null
  /** The client id of the application that LionDesk issued the tokens to; undefined for a configured connection. */
  readonly clientId?: string
}

export interface ConnectionRecord {
  readonly status: ConnectionStatus
  readonly createdAt: number
  /** The client that created it, or null for a configured connection. */
  readonly client: string | null
  /** When the pending authorization expires. */
  readonly pendingUntil: number | null
  /** For configured connections: digests of the configured refresh token (first) and of earlier ones. */
  readonly origins: readonly string[]
  /** Null if there are none yet, or if no configured key decrypts them. */
  readonly secrets: Secrets | null
}

/** A record with its stored text. A replacement succeeds only if the text is unchanged. */
export interface StoredConnection {
  readonly id: string
  readonly text: string
  readonly record: ConnectionRecord
}

interface RecordCodec {
  encode(id: string, record: ConnectionRecord): string
  decode(id: string, text: string): StoredConnection
  /** True if the record is encrypted with a key that is not the active one. */
  isStale(connection: StoredConnection): boolean
}

type StoredRecord = Omit<ConnectionRecord, 'secrets'> & { readonly sealed: string | null }

/** Each encoding has a random nonce and therefore is unique, so compare-and-swap is safe from ABA problems. */
export const createRecordCodec = (sealer: Sealer, getContext: (id: string) => readonly string[]): RecordCodec => ({
  encode: (id, { secrets, ...open }) => {
    const stored: StoredRecord = { ...open, sealed: secrets && sealer.seal(JSON.stringify(secrets), getContext(id)) }
    return JSON.stringify(stored)
  },
  decode: (id, text) => {
    const { sealed, ...open } = JSON.parse(text) as StoredRecord
    if (sealed === null) return { id, text, record: { ...open, secrets: null } }
    const secrets = sealer.open(sealed, getContext(id))
    if (secrets !== null) return { id, text, record: { ...open, secrets: JSON.parse(secrets) as Secrets } }
    return { id, text, record: { ...open, status: 'reauthorization-required', secrets: null } }
  },
  isStale: ({ text, record }) => {
    const { sealed } = JSON.parse(text) as StoredRecord
    return record.secrets !== null && sealed !== null && !sealer.isCurrent(sealed)
  },
})
