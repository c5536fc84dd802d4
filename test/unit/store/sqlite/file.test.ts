import { once } from 'node:events'
import { chmodSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { afterEach, describe, expect, test } from 'vitest'
import { openSqliteStore } from '#src/store/sqlite/index.ts'
import { firstSchema } from '../../../support/store/first-schema.ts'
import {
  closeAfterTest,
  createPath,
  createTemporaryFolder,
  runCleanup,
  withDatabase,
} from '../../../support/store/temporary.ts'

afterEach(runCleanup)

/** Holds the write lock of a new file for a while, like a process that opens the file at the same time. */
const lockForAWhile = `
  const { workerData: path, parentPort } = require('node:worker_threads')
  const database = new (require('node:sqlite').DatabaseSync)(path)
  database.exec('BEGIN IMMEDIATE')
  parentPort.postMessage('locked')
  setTimeout(() => {
    database.exec('COMMIT')
    database.close()
  }, 200)
`

test('opening a file waits for another process that is opening it', async () => {
  const path = createPath()
  const other = new Worker(lockForAWhile, { eval: true, workerData: path })
  const ended = once(other, 'exit')
  await once(other, 'message')
  const store = closeAfterTest(openSqliteStore(path))
  await store.set('key', 'value')
  expect(await ended).toEqual([0])
})

describe('the file', () => {
  test('is readable by its owner only, as are its side files', async () => {
    const path = createPath()
    const store = closeAfterTest(openSqliteStore(path))
    await store.set('key', 'value')
    for (const file of [path, `${path}-wal`, `${path}-shm`]) expect(statSync(file).mode & 0o777).toBe(0o600)
  })

  test('retains the mode that its owner set', async () => {
    const path = createPath()
    await openSqliteStore(path).close()
    chmodSync(path, 0o640)
    await openSqliteStore(path).close()
    expect(statSync(path).mode & 0o777).toBe(0o640)
  })

  test('of an older schema version is migrated without data loss by concurrent stores', async () => {
    const path = createPath()
    withDatabase(path, (file) => file.exec(firstSchema))
    for (let round = 1; round <= 2; round += 1) {
      const [store, other] = [openSqliteStore(path), openSqliteStore(path)]
      expect(await store.get('key')).toBe('value')
      expect(await store.readLog('leads', 0, 10)).toEqual([{ seq: 1, id: 'a', createdAt: null, firstSeenAt: 5 }])
      expect(await store.getLogState('leads')).toEqual({ logId: 'drawn', lastSeq: 1, trimmedTo: 0, polledAt: 6 })
      await store.putRecord('people', `${round}`, 'Ann')
      expect((await other.listRecords('people')).size).toBe(round)
      expect(await other.draw('budget', 6, 10, 3_600_000)).toBe(round === 1 ? 6 : 4)
      await Promise.all([store.close(), other.close()])
    }
    expect(withDatabase(path, (file) => file.prepare('PRAGMA user_version').get()?.user_version)).toBe(2)
  })

  test('of a newer schema version is rejected and left unchanged', () => {
    const path = createPath()
    withDatabase(path, (file) => file.exec('CREATE TABLE future (a); PRAGMA user_version = 99'))
    expect(() => openSqliteStore(path)).toThrow(/foyer\.db.*version 99.*newer/)
    const mode = withDatabase(path, (file) => file.prepare('PRAGMA journal_mode').get()?.journal_mode)
    expect(mode).toBe('delete')
  })

  test('of another program is rejected', () => {
    const path = createPath()
    withDatabase(path, (file) => file.exec('CREATE TABLE customers (a)'))
    expect(() => openSqliteStore(path)).toThrow(/something else/)
    const text = createPath()
    writeFileSync(text, 'dear diary, '.repeat(1000))
    expect(() => openSqliteStore(text)).toThrow(/foyer\.db cannot be used: file is not a database/)
    expect(() => openSqliteStore(join(createTemporaryFolder(), 'no', 'such.db'))).toThrow(/such\.db cannot be used/)
  })
})
