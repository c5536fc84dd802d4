import { setTimeout as delay } from 'node:timers/promises'
import { isProblem } from '#src/problems.ts'
import type { RecordStore } from '#src/store/store.ts'
import type { LionDeskUser } from '#src/upstreams/index.ts'
import type { Sealer } from '../crypto/encryption.ts'
import { mapStoreErrors } from '../store-errors.ts'

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

type StoredRecord = Omit<ConnectionRecord, 'secrets'> & { readonly sealed: string | null }

/** Each encoding has a random nonce and therefore is unique, so compare-and-swap is safe from ABA problems. */
const createRecordCodec = (sealer: Sealer, getContext: (id: string) => readonly string[]) => ({
  encode: (id: string, { secrets, ...open }: ConnectionRecord): string => {
    const stored: StoredRecord = { ...open, sealed: secrets && sealer.seal(JSON.stringify(secrets), getContext(id)) }
    return JSON.stringify(stored)
  },
  decode: (id: string, text: string): StoredConnection => {
    const { sealed, ...open } = JSON.parse(text) as StoredRecord
    if (sealed === null) return { id, text, record: { ...open, secrets: null } }
    const secrets = sealer.open(sealed, getContext(id))
    if (secrets !== null) return { id, text, record: { ...open, secrets: JSON.parse(secrets) as Secrets } }
    return { id, text, record: { ...open, status: 'reauthorization-required', secrets: null } }
  },
  /** True if the record is encrypted with a key that is not the active one. */
  isStale: ({ text, record }: StoredConnection): boolean => {
    const { sealed } = JSON.parse(text) as StoredRecord
    return record.secrets !== null && sealed !== null && !sealer.isCurrent(sealed)
  },
})

/** `connections` belong to users. `configured connections` hold the current tokens of configured accounts. */
export type ConnectionKind = 'connections' | 'configured connections'

/** The stored connections of one kind and one tenant. Throws `upstream-unavailable` while the store is unavailable. */
export interface ConnectionRepository {
  getAll(): Promise<ReadonlyMap<string, StoredConnection>>
  find(id: string): Promise<StoredConnection | null>
  put(id: string, record: ConnectionRecord): Promise<StoredConnection>
  /** Returns null if the record was changed or removed since it was read. */
  replace(connection: StoredConnection, record: ConnectionRecord): Promise<StoredConnection | null>
  /** Returns false if there was no such record. */
  remove(id: string): Promise<boolean>
}

export const createConnectionRepository = (
  store: RecordStore,
  sealer: Sealer,
  kind: ConnectionKind,
  tenant: string,
): ConnectionRepository => {
  const collection = `${kind} ${tenant}`
  const codec = createRecordCodec(sealer, (id) => [kind, tenant, id])

  const replace: ConnectionRepository['replace'] = async ({ id, text }, record) => {
    const next = codec.encode(id, record)
    const isReplaced = await mapStoreErrors(() => store.replaceRecord(collection, id, text, next))
    return isReplaced ? codec.decode(id, next) : null
  }

  /** Re-encrypts records, so that the operator can remove an old key after one read of all connections. */
  const resealIfStale = async (connection: StoredConnection): Promise<StoredConnection> =>
    codec.isStale(connection) ? ((await replace(connection, connection.record)) ?? connection) : connection

  return {
    getAll: async () => {
      const texts = await mapStoreErrors(() => store.listRecords(collection))
      const connections = [...texts].map(([id, text]) => codec.decode(id, text))
      return new Map(await Promise.all(connections.map(async (each) => [each.id, await resealIfStale(each)] as const)))
    },
    find: async (id) => {
      const text = await mapStoreErrors(() => store.getRecord(collection, id))
      return text === null ? null : codec.decode(id, text)
    },
    put: async (id, record) => {
      const text = codec.encode(id, record)
      await mapStoreErrors(() => store.putRecord(collection, id, text))
      return codec.decode(id, text)
    },
    replace,
    remove: (id) => mapStoreErrors(() => store.removeRecord(collection, id)),
  }
}

const retryPausesMs = [100, 300]

/** For tokens that LionDesk issues only once: repeats the step if the store is briefly unavailable. */
export const retryStore = async <T>(step: () => Promise<T>, pauses: readonly number[] = retryPausesMs): Promise<T> => {
  const [pause, ...others] = pauses
  try {
    return await step()
  } catch (error) {
    if (pause === undefined || !isProblem(error) || error.code !== 'upstream-unavailable') throw error
    await delay(pause)
    return retryStore(step, others)
  }
}
