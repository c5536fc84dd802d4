import type { DatabaseSync } from 'node:sqlite'
import type { ValueStore } from '../store.ts'
import { decodeText, encodeText } from '../text-encoding.ts'

const sweepEveryMs = 60_000

const alive = '(expires_at IS NULL OR expires_at > :now)'
const insertion = 'INSERT INTO stored_value (key, value, expires_at) VALUES (:key, :value, :expiresAt)'
const replacement = 'ON CONFLICT (key) DO UPDATE SET value = excluded.value, expires_at = excluded.expires_at'

const prepareAll = (database: DatabaseSync) => ({
  get: database.prepare(`SELECT value FROM stored_value WHERE key = :key AND ${alive}`),
  set: database.prepare(`${insertion} ${replacement}`),
  setIfAbsent: database.prepare(`${insertion} ${replacement} WHERE stored_value.expires_at <= :now`),
  extend: database.prepare(
    `UPDATE stored_value SET expires_at = :expiresAt WHERE key = :key AND value = :value AND ${alive}`,
  ),
  replace: database.prepare(
    `UPDATE stored_value SET value = :value, expires_at = :expiresAt WHERE key = :key AND value = :expected AND ${alive}`,
  ),
  take: database.prepare(`DELETE FROM stored_value WHERE key = :key AND ${alive} RETURNING value`),
  remove: database.prepare(`DELETE FROM stored_value WHERE key = :key AND value = :value AND ${alive}`),
  sweep: database.prepare('DELETE FROM stored_value WHERE expires_at <= :now'),
})

/** Each step is one statement, hence indivisible. */
export const createSqliteValues = (database: DatabaseSync, now: () => number): ValueStore => {
  const statements = prepareAll(database)
  let sweptAt = Number.NEGATIVE_INFINITY

  const sweep = (): void => {
    if (now() - sweptAt < sweepEveryMs) return
    statements.sweep.run({ now: now() })
    sweptAt = now()
  }

  const bind = (key: string, value: string) => ({ key: encodeText(key), value: encodeText(value) })

  const expiry = (ttlMs: number | undefined) => (ttlMs === undefined ? null : Math.ceil(now() + ttlMs))

  const decodeRow = (row: Record<string, unknown> | undefined): string | null =>
    row ? decodeText(String(row.value)) : null

  return {
    get: async (key) => decodeRow(statements.get.get({ key: encodeText(key), now: now() })),
    set: async (key, value, ttlMs) => {
      sweep()
      statements.set.run({ ...bind(key, value), expiresAt: expiry(ttlMs) })
    },
    setIfAbsent: async (key, value, ttlMs) => {
      sweep()
      const { changes } = statements.setIfAbsent.run({ ...bind(key, value), expiresAt: expiry(ttlMs), now: now() })
      return changes === 1
    },
    extendIfEqual: async (key, value, ttlMs) => {
      const { changes } = statements.extend.run({ ...bind(key, value), expiresAt: expiry(ttlMs), now: now() })
      return changes === 1
    },
    replaceIfEqual: async (key, expected, value, ttlMs) => {
      const terms = { expected: encodeText(expected), expiresAt: expiry(ttlMs), now: now() }
      return statements.replace.run({ ...bind(key, value), ...terms }).changes === 1
    },
    take: async (key) => decodeRow(statements.take.get({ key: encodeText(key), now: now() })),
    deleteIfEqual: async (key, value) => statements.remove.run({ ...bind(key, value), now: now() }).changes === 1,
  }
}
