import type { DatabaseSync } from 'node:sqlite'
import { computeGrant } from '../counter-grant.ts'
import type { CounterStore } from '../store.ts'
import { encodeText } from '../text-encoding.ts'
import { runInTransaction } from './schema.ts'

const prepareStatements = (database: DatabaseSync) => ({
  drawn: database.prepare('SELECT drawn FROM counter WHERE name = :name AND expires_at > :now'),
  sweep: database.prepare('DELETE FROM counter WHERE expires_at <= :now'),
  begin: database.prepare('INSERT INTO counter (name, drawn, expires_at) VALUES (:name, :drawn, :expiresAt)'),
  raise: database.prepare('UPDATE counter SET drawn = :drawn WHERE name = :name'),
})

export const createSqliteCounters = (database: DatabaseSync, now: () => number): CounterStore => {
  const statements = prepareStatements(database)

  const findDrawn = (name: string, nowMs: number): number | undefined =>
    statements.drawn.get({ name, now: nowMs })?.drawn as number | undefined

  const createCounter = (name: string, drawn: number, nowMs: number, ttlMs: number): void => {
    statements.sweep.run({ now: nowMs })
    statements.begin.run({ name, drawn, expiresAt: Math.ceil(nowMs + ttlMs) })
  }

  return {
    draw: async (counter, amount, cap, ttlMs) =>
      runInTransaction(database, () => {
        const name = encodeText(counter)
        const nowMs = now()
        const drawnBefore = findDrawn(name, nowMs)
        const granted = computeGrant(drawnBefore ?? 0, amount, cap)
        if (granted === 0) return 0
        if (drawnBefore === undefined) createCounter(name, granted, nowMs, ttlMs)
        else statements.raise.run({ name, drawn: drawnBefore + granted })
        return granted
      }),
    getDrawn: async (counter) => findDrawn(encodeText(counter), now()) ?? 0,
  }
}
