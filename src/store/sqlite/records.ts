import type { DatabaseSync } from 'node:sqlite'
import type { RecordStore } from '../store.ts'
import { decodeText, encodeText, sortById } from '../text-encoding.ts'

const recordCondition = 'collection = :collection AND id = :id'

const prepareStatements = (database: DatabaseSync) => ({
  put: database.prepare(
    `INSERT INTO record (collection, id, value) VALUES (:collection, :id, :value)
     ON CONFLICT (collection, id) DO UPDATE SET value = excluded.value`,
  ),
  get: database.prepare(`SELECT value FROM record WHERE ${recordCondition}`),
  list: database.prepare('SELECT id, value FROM record WHERE collection = :collection'),
  replace: database.prepare(`UPDATE record SET value = :value WHERE ${recordCondition} AND value = :expected`),
  remove: database.prepare(`DELETE FROM record WHERE ${recordCondition}`),
})

/** Each step is one statement and therefore atomic. */
export const createSqliteRecords = (database: DatabaseSync): RecordStore => {
  const statements = prepareStatements(database)

  const toParameters = (collection: string, id: string) => ({ collection: encodeText(collection), id: encodeText(id) })

  return {
    putRecord: async (collection, id, value) => {
      statements.put.run({ ...toParameters(collection, id), value: encodeText(value) })
    },
    getRecord: async (collection, id) => {
      const row = statements.get.get(toParameters(collection, id))
      return row ? decodeText(String(row.value)) : null
    },
    listRecords: async (collection) => {
      const rows = statements.list.all({ collection: encodeText(collection) })
      return sortById(rows.map(({ id, value }) => [decodeText(String(id)), decodeText(String(value))] as const))
    },
    replaceRecord: async (collection, id, expected, value) => {
      const values = { expected: encodeText(expected), value: encodeText(value) }
      return statements.replace.run({ ...toParameters(collection, id), ...values }).changes === 1
    },
    removeRecord: async (collection, id) => statements.remove.run(toParameters(collection, id)).changes === 1,
  }
}
