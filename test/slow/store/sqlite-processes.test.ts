import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, expect, test } from 'vitest'
import { openSqliteStore } from '#src/store/sqlite/index.ts'
import type { Store } from '#src/store/store.ts'
import { drawTogether } from '../../support/store/start-drawers.ts'
import { type Appender, startAppender } from '../../support/store/start-script.ts'
import { closeAfterTest, createTemporaryFolder, runCleanup } from '../../support/store/temporary.ts'

afterEach(runCleanup)

const acknowledgedAtLeast = async ({ child, acknowledged }: Appender, seq: number): Promise<void> => {
  while (acknowledged() < seq && child.exitCode === null) await new Promise((resolve) => setTimeout(resolve, 2))
}

const upTo = (count: number): number[] => Array.from({ length: count }, (_, index) => index + 1)

test('processes that open a new file together and append overlapping ids: every id once, no gap, no error', async () => {
  const path = join(createTemporaryFolder(), 'foyer.db')
  // Batches of different sizes split the same ids differently, so that nearly every call has known and new ones.
  const appenders = [7, 10, 13, 11].map((batch) => startAppender(`file:${path}`, 2002, batch))
  const ends = await Promise.all(appenders.map(({ exit }) => exit))
  expect(ends).toEqual(appenders.map(() => ({ code: 0, complaints: '' })))
  const entries = await closeAfterTest(openSqliteStore(path)).readLog('log', 0, 10_000)
  expect(entries.map(({ seq }) => seq)).toEqual(upTo(entries.length))
  expect(new Set(entries.map(({ id }) => id)).size).toBe(entries.length)
  expect(entries.length).toBeGreaterThanOrEqual(2002)
  expect(entries.length).toBeLessThan(2002 + 13)
})

/** Returns the number of entries. Throws unless the log consists of complete calls of one size. */
const countOfWholeLog = async (store: Store, batch: number): Promise<number> => {
  const entries = await store.readLog('log', 0, 1_000_000)
  expect(entries.map(({ seq }) => seq)).toEqual(upTo(entries.length))
  expect(new Set(entries.map(({ id }) => id)).size).toBe(entries.length)
  expect(entries.length % batch).toBe(0)
  expect(await store.getLogState('log')).toMatchObject({ lastSeq: entries.length, trimmedTo: 0 })
  return entries.length
}

const getIntegrity = (path: string): unknown => {
  const file = new DatabaseSync(path)
  const row = file.prepare('PRAGMA integrity_check').get()
  file.close()
  return row?.integrity_check
}

test.each(['opened again', 'held open by another process'])(
  'kill -9 during appends leaves only complete calls, and every acknowledged one, in a file %s',
  async (kind) => {
    const path = join(createTemporaryFolder(), 'foyer.db')
    const batch = 50
    if (kind !== 'opened again') closeAfterTest(openSqliteStore(path))
    let reached = 0
    const logIds = new Set<string>()
    for (let round = 0; round < 4; round += 1) {
      const appender = startAppender(`file:${path}`, 1_000_000, batch)
      await acknowledgedAtLeast(appender, reached + 40 * batch + round * 17)
      appender.child.kill('SIGKILL')
      expect(await appender.exit).toEqual({ code: null, complaints: '' })
      const store = openSqliteStore(path)
      const count = await countOfWholeLog(store, batch)
      expect(appender.acknowledged()).toBeGreaterThan(reached)
      expect(count).toBeGreaterThanOrEqual(appender.acknowledged())
      reached = count
      logIds.add((await store.appendNew('log', [], 1)).logId)
      await store.close()
    }
    expect(logIds.size).toBe(1)
    expect(getIntegrity(path)).toBe('ok')
  },
)

test('processes that draw from one file together get exactly the cap', async () => {
  expect(await drawTogether(`file:${join(createTemporaryFolder(), 'foyer.db')}`)).toBe(1500)
})
