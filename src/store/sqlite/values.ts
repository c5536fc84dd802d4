import type { DatabaseSync } from 'node:sqlite'
import { minuteMs } from '#src/lib/units.ts'
import type { ValueStore } from '../store.ts'
import { decodeText, encodeText } from '../text-encoding.ts'

const sweepIntervalMs = minuteMs

const liveCondition = '(expires_at IS NULL OR expires_at > :now)'
const insertClause = 'INSERT INTO stored_value (key, value, expires_at) VALUES (:key, :value, :expiresAt)'
const upsertClause = 'ON CONFLICT (key) DO UPDATE SET value = excluded.value, expires_at = excluded.expires_at'

const prepareStatements = (database: DatabaseSync) => ({
  get: database.prepare(`SELECT value FROM stored_value WHERE key = :key AND ${liveCondition}`),
  set: database.prepare(`${insertClause} ${upsertClause}`),
  setIfAbsent: database.prepare(`${insertClause} ${upsertClause} WHERE stored_value.expires_at <= :now`),
  extend: database.prepare(
    `UPDATE stored_value SET expires_at = :expiresAt WHERE key = :key AND value = :value AND ${liveCondition}`,
  ),
  replace: database.prepare(
    `UPDATE stored_value SET value = :value, expires_at = :expiresAt WHERE key = :key AND value = :expected AND ${liveCondition}`,
  ),
  take: database.prepare(`DELETE FROM stored_value WHERE key = :key AND ${liveCondition} RETURNING value`),
  remove: database.prepare(`DELETE FROM stored_value WHERE key = :key AND value = :value AND ${liveCondition}`),
  sweep: database.prepare('DELETE FROM stored_value WHERE expires_at <= :now'),
})

/** Each step is one statement and therefore atomic. */
export const createSqliteValues = (database: DatabaseSync, now: () => number): ValueStore => {
  const statements = prepareStatements(database)
  let lastSweepAt = Number.NEGATIVE_INFINITY

  const sweep = (): void => {
    if (now() - lastSweepAt < sweepIntervalMs) return
    statements.sweep.run({ now: now() })
    lastSweepAt = now()
  }

  const toParameters = (key: string, value: string) => ({ key: encodeText(key), value: encodeText(value) })

  const getExpiry = (ttlMs: number | undefined) => (ttlMs === undefined ? null : Math.ceil(now() + ttlMs))

  const decodeRow = (row: Record<string, unknown> | undefined): string | null =>
    row ? decodeText(String(row.value)) : null

  return {
    get: async (key) => decodeRow(statements.get.get({ key: encodeText(key), now: now() })),
    set: async (key, value, ttlMs) => {
      sweep()
      statements.set.run({ ...toParameters(key, value), expiresAt: getExpiry(ttlMs) })
    },
    setIfAbsent: async (key, value, ttlMs) => {
      sweep()
      const { changes } = statements.setIfAbsent.run({
        ...toParameters(key, value),
        expiresAt: getExpiry(ttlMs),
        now: now(),
      })
      return changes === 1
    },
    extendIfEqual: async (key, value, ttlMs) => {
      const { changes } = statements.extend.run({
        ...toParameters(key, value),
        expiresAt: getExpiry(ttlMs),
        now: now(),
      })
      return changes === 1
    },
    replaceIfEqual: async (key, expected, value, ttlMs) => {
      const extraParameters = { expected: encodeText(expected), expiresAt: getExpiry(ttlMs), now: now() }
      return statements.replace.run({ ...toParameters(key, value), ...extraParameters }).changes === 1
    },
    take: async (key) => decodeRow(statements.take.get({ key: encodeText(key), now: now() })),
    deleteIfEqual: async (key, value) =>
      statements.remove.run({ ...toParameters(key, value), now: now() }).changes === 1,
  }
}
