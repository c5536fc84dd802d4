import { setTimeout as delay } from 'node:timers/promises'
import { isProblem, Problem } from '#src/problems.ts'
import { type RecordStore, StoreUnavailable } from '#src/store/store.ts'
import type { Sealer } from '../crypto/encryption.ts'
import { type ConnectionRecord, createRecordCodec, type StoredConnection } from './record.ts'

/** `connections`: of users. `configured connections`: what became of the tokens that the operator configured. */
export type ConnectionKind = 'connections' | 'configured connections'

/** The connections of one kind of one tenant, in the store. Throws `upstream-unavailable` while the store is lost. */
export interface ConnectionRepository {
  getAll(): Promise<ReadonlyMap<string, StoredConnection>>
  find(id: string): Promise<StoredConnection | null>
  put(id: string, record: ConnectionRecord): Promise<StoredConnection>
  /** Null: it is not as it was any more, or gone. */
  replace(held: StoredConnection, record: ConnectionRecord): Promise<StoredConnection | null>
  /** False: there was none. */
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

  /** So that an old key can go when every connection has been looked at once. */
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

export const mapStoreErrors = async <T>(step: () => Promise<T>): Promise<T> => {
  try {
    return await step()
  } catch (cause) {
    if (!(cause instanceof StoreUnavailable)) throw cause
    const detail = 'The gateway’s store is temporarily unavailable.'
    throw new Problem('upstream-unavailable', { detail, retryAfter: 5, cause })
  }
}

const retryPausesMs = [100, 300]

/** For what LionDesk gives only once: a store that stumbles is asked again before it is lost. */
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
