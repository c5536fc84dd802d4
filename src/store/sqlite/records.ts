import type { DatabaseSync } from 'node:sqlite'
import type { RecordStore } from '../store.ts'
import { decodeText, encodeText, inOrderOfIds } from '../text-encoding.ts'

const one = 'collection = :collection AND id = :id'

const prepareAll = (database: DatabaseSync) => ({
  put: database.prepare(
    `INSERT INTO record (collection, id, value) VALUES (:collection, :id, :value)
     ON CONFLICT (collection, id) DO UPDATE SET value = excluded.value`,
  ),
  get: database.prepare(`SELECT value FROM record WHERE ${one}`),
  list: database.prepare('SELECT id, value FROM record WHERE collection = :collection'),
  replace: database.prepare(`UPDATE record SET value = :value WHERE ${one} AND value = :expected`),
  remove: database.prepare(`DELETE FROM record WHERE ${one}`),
})

/** Each step is one statement, hence indivisible. */
export const createSqliteRecords = (database: DatabaseSync): RecordStore => {
  const statements = prepareAll(database)

  const bind = (collection: string, id: string) => ({ collection: encodeText(collection), id: encodeText(id) })

  return {
    putRecord: async (collection, id, value) => {
      statements.put.run({ ...bind(collection, id), value: encodeText(value) })
    },
    record: async (collection, id) => {
      const row = statements.get.get(bind(collection, id))
      return row ? decodeText(String(row.value)) : null
    },
    records: async (collection) => {
      const rows = statements.list.all({ collection: encodeText(collection) })
      return inOrderOfIds(rows.map(({ id, value }) => [decodeText(String(id)), decodeText(String(value))] as const))
    },
    replaceRecord: async (collection, id, expected, value) => {
      const values = { expected: encodeText(expected), value: encodeText(value) }
      return statements.replace.run({ ...bind(collection, id), ...values }).changes === 1
    },
    removeRecord: async (collection, id) => statements.remove.run(bind(collection, id)).changes === 1,
  }
}
