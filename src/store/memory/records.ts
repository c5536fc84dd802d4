import type { RecordStore } from '../store.ts'
import { sortById } from '../text-encoding.ts'

const maxRecords = 100_000

/** Every step is synchronous and therefore atomic. */
export const createMemoryRecords = (limit = maxRecords): RecordStore => {
  const collections = new Map<string, Map<string, string>>()
  let recordCount = 0

  /** Throws if the limit is reached, because records are never evicted. */
  const put = (collection: string, id: string, value: string): void => {
    const records = collections.get(collection) ?? new Map<string, string>()
    if (!records.has(id)) {
      if (recordCount >= limit) throw new Error(`the memory store is full: it holds ${limit} records`)
      recordCount += 1
    }
    collections.set(collection, records.set(id, value))
  }

  return {
    putRecord: async (collection, id, value) => put(collection, id, value),
    getRecord: async (collection, id) => collections.get(collection)?.get(id) ?? null,
    listRecords: async (collection) => sortById(collections.get(collection) ?? []),
    replaceRecord: async (collection, id, expected, value) => {
      if (collections.get(collection)?.get(id) !== expected) return false
      put(collection, id, value)
      return true
    },
    removeRecord: async (collection, id) => {
      const records = collections.get(collection)
      if (!records?.delete(id)) return false
      recordCount -= 1
      if (records.size === 0) collections.delete(collection)
      return true
    },
  }
}
