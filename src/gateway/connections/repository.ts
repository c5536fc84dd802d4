import { setTimeout as delay } from 'node:timers/promises'
import { isProblem, Problem } from '#src/problems.ts'
import { type RecordStore, StoreUnavailable } from '#src/store/store.ts'
import type { Sealer } from '../crypto/encryption.ts'
import { type ConnectionRecord, createRecordCodec, type Held } from './record.ts'

/** `connections`: of users. `configured connections`: what became of the tokens that the operator configured. */
export type Kind = 'connections' | 'configured connections'

/** The connections of one kind of one tenant, in the store. Throws `upstream-unavailable` while the store is lost. */
export interface Repository {
  all(): Promise<ReadonlyMap<string, Held>>
  one(id: string): Promise<Held | null>
  put(id: string, record: ConnectionRecord): Promise<Held>
  /** Null: it is not as it was any more, or gone. */
  replace(held: Held, record: ConnectionRecord): Promise<Held | null>
  /** False: there was none. */
  remove(id: string): Promise<boolean>
}

export const createRepository = (store: RecordStore, sealer: Sealer, kind: Kind, tenant: string): Repository => {
  const collection = `${kind} ${tenant}`
  const codec = createRecordCodec(sealer, (id) => [kind, tenant, id])

  const replace: Repository['replace'] = async ({ id, text }, record) => {
    const next = codec.encode(id, record)
    const isReplaced = await orUnavailable(() => store.replaceRecord(collection, id, text, next))
    return isReplaced ? codec.decode(id, next) : null
  }

  /** So that an old key can go when every connection has been looked at once. */
  const resealed = async (held: Held): Promise<Held> =>
    codec.isStale(held) ? ((await replace(held, held.record)) ?? held) : held

  return {
    all: async () => {
      const texts = await orUnavailable(() => store.records(collection))
      const held = [...texts].map(([id, text]) => codec.decode(id, text))
      return new Map(await Promise.all(held.map(async (each) => [each.id, await resealed(each)] as const)))
    },
    one: async (id) => {
      const text = await orUnavailable(() => store.record(collection, id))
      return text === null ? null : codec.decode(id, text)
    },
    put: async (id, record) => {
      const text = codec.encode(id, record)
      await orUnavailable(() => store.putRecord(collection, id, text))
      return codec.decode(id, text)
    },
    replace,
    remove: (id) => orUnavailable(() => store.removeRecord(collection, id)),
  }
}

export const orUnavailable = async <T>(step: () => Promise<T>): Promise<T> => {
  try {
    return await step()
  } catch (cause) {
    if (!(cause instanceof StoreUnavailable)) throw cause
    const detail = 'The gateway’s store is temporarily unavailable.'
    throw new Problem('upstream-unavailable', { detail, retryAfter: 5, cause })
  }
}

const pausesMs = [100, 300]

/** For what LionDesk gives only once: a store that stumbles is asked again before it is lost. */
export const patiently = async <T>(step: () => Promise<T>, pauses: readonly number[] = pausesMs): Promise<T> => {
  const [pause, ...others] = pauses
  try {
    return await step()
  } catch (error) {
    if (pause === undefined || !isProblem(error) || error.code !== 'upstream-unavailable') throw error
    await delay(pause)
    return patiently(step, others)
  }
}
