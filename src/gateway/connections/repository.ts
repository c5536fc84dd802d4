import { setTimeout as delay } from 'node:timers/promises'
import { isProblem } from '#src/problems.ts'
import type { RecordStore } from '#src/store/store.ts'
import type { Sealer } from '../crypto/encryption.ts'
import { mapStoreErrors } from '../store-errors.ts'
import { type ConnectionRecord, createRecordCodec, type StoredConnection } from './record.ts'

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
