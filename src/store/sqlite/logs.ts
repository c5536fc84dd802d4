import { randomUUID } from 'node:crypto'
import type { DatabaseSync } from 'node:sqlite'
import type { LogEntry, LogState, LogStore } from '../store.ts'
import { decodeText, encodeText } from '../text-encoding.ts'
import { runInTransaction } from './schema.ts'

type LogRow = LogState & { readonly number: number }

const oldEntryCondition = 'log_number = :number AND first_seen_at < :firstSeenAt AND created_at < :createdAt'

const prepareStatements = (database: DatabaseSync) => ({
  begin: database.prepare(
    'INSERT INTO log (name, log_id, last_seq, trimmed_to, polled_at) VALUES (?, ?, 0, 0, ?) ON CONFLICT DO NOTHING',
  ),
  log: database.prepare(
    `SELECT number, log_id AS logId, last_seq AS lastSeq, trimmed_to AS trimmedTo, polled_at AS polledAt
     FROM log WHERE name = ?`,
  ),
  append: database.prepare(
    `INSERT INTO log_entry (log_number, seq, id, created_at, first_seen_at) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT (log_number, id) DO NOTHING`,
  ),
  note: database.prepare('UPDATE log SET last_seq = ?, polled_at = ? WHERE number = ?'),
  read: database.prepare(
    `SELECT seq, id, created_at AS createdAt, first_seen_at AS firstSeenAt
     FROM log_entry WHERE log_number = (SELECT number FROM log WHERE name = ?) AND seq > ? ORDER BY seq LIMIT ?`,
  ),
  find: database.prepare(
    `SELECT seq, id, created_at AS createdAt, first_seen_at AS firstSeenAt
     FROM log_entry WHERE log_number = (SELECT number FROM log WHERE name = ?) AND id = ?`,
  ),
  lastOld: database.prepare(`SELECT max(seq) AS seq FROM log_entry WHERE ${oldEntryCondition}`),
  forget: database.prepare(`DELETE FROM log_entry WHERE ${oldEntryCondition}`),
  noteTrim: database.prepare('UPDATE log SET trimmed_to = max(trimmed_to, ?) WHERE number = ?'),
})

export const createSqliteLogs = (database: DatabaseSync): LogStore => {
  const statements = prepareStatements(database)

  const findLog = (name: string) => statements.log.get(encodeText(name)) as unknown as LogRow | undefined

  const createLog = (name: string, now: number): LogRow => {
    statements.begin.run(encodeText(name), randomUUID(), now)
    return findLog(name) as LogRow
  }

  return {
    appendNew: async (name, sightings, now) =>
      runInTransaction(database, () => {
        const { number, logId, lastSeq: seqBefore, trimmedTo } = findLog(name) ?? createLog(name, now)
        let lastSeq = seqBefore
        for (const { id, createdAt } of sightings) {
          const { changes } = statements.append.run(number, lastSeq + 1, encodeText(id), createdAt, now)
          lastSeq += Number(changes)
        }
        statements.note.run(lastSeq, now, number)
        return { logId, lastSeq, trimmedTo, polledAt: now }
      }),

    readLog: async (name, after, limit) => {
      // SQLite treats a negative limit as no limit.
      const rows = statements.read.all(encodeText(name), after, Math.max(0, limit)) as unknown as LogEntry[]
      return rows.map((row) => ({ ...row, id: decodeText(row.id) }))
    },

    findLogEntry: async (name, id) => {
      const row = statements.find.get(encodeText(name), encodeText(id)) as LogEntry | undefined
      return row ? { ...row, id } : null
    },

    getLogState: async (name) => {
      const row = findLog(name)
      if (!row) return null
      const { number: _number, ...state } = row
      return state
    },

    trimLog: async (name, { firstSeenAt, createdAt }) =>
      runInTransaction(database, () => {
        const log = findLog(name)
        if (!log) return
        const bounds = { number: log.number, firstSeenAt, createdAt }
        const lastOld = statements.lastOld.get(bounds)?.seq ?? null
        if (lastOld === null) return
        statements.forget.run(bounds)
        statements.noteTrim.run(lastOld, log.number)
      }),
  }
}
