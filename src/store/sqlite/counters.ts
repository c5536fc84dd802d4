import type { DatabaseSync } from 'node:sqlite'
import { grantOf } from '../counter-grant.ts'
import type { CounterStore } from '../store.ts'
import { encodeText } from '../text-encoding.ts'
import { inTransaction } from './schema.ts'

const prepareAll = (database: DatabaseSync) => ({
  drawn: database.prepare('SELECT drawn FROM counter WHERE name = :name AND expires_at > :now'),
  sweep: database.prepare('DELETE FROM counter WHERE expires_at <= :now'),
  begin: database.prepare('INSERT INTO counter (name, drawn, expires_at) VALUES (:name, :drawn, :expiresAt)'),
  raise: database.prepare('UPDATE counter SET drawn = :drawn WHERE name = :name'),
})

export const createSqliteCounters = (database: DatabaseSync, now: () => number): CounterStore => {
  const statements = prepareAll(database)

  const drawnOf = (name: string, moment: number): number | undefined =>
    statements.drawn.get({ name, now: moment })?.drawn as number | undefined

  const begin = (name: string, drawn: number, moment: number, ttlMs: number): void => {
    statements.sweep.run({ now: moment })
    statements.begin.run({ name, drawn, expiresAt: Math.ceil(moment + ttlMs) })
  }

  return {
    draw: async (counter, amount, cap, ttlMs) =>
      inTransaction(database, () => {
        const name = encodeText(counter)
        const moment = now()
        const before = drawnOf(name, moment)
        const granted = grantOf(before ?? 0, amount, cap)
        if (granted === 0) return 0
        if (before === undefined) begin(name, granted, moment, ttlMs)
        else statements.raise.run({ name, drawn: before + granted })
        return granted
      }),
    drawn: async (counter) => drawnOf(encodeText(counter), now()) ?? 0,
  }
}
