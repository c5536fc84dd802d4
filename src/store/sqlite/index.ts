import { closeSync, openSync } from 'node:fs'
import { resolve } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { Store } from '../store.ts'
import { failUnavailable } from '../unavailable.ts'
import { isBusy, waitWhileBusy } from './busy.ts'
import { createSqliteCounters } from './counters.ts'
import { createSqliteLogs } from './logs.ts'
import { createSqliteRecords } from './records.ts'
import { checkSchema, migrateSchema } from './schema.ts'
import { createSqliteValues } from './values.ts'

/** How long a start waits while other processes write: it may block, since nothing is served yet. */
const startPatienceMs = 10_000

/** How long an operation waits while other processes write; each of their steps takes milliseconds. */
const defaultPatienceMs = 2_000

/**
 * SQLite would create the file readable by all; its side files take over the mode of the file. A file that exists is
 * not even opened: closing it again would drop the locks that other connections of this process hold on it.
 */
const createPrivately = (path: string): void => {
  try {
    closeSync(openSync(path, 'wx', 0o600))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
}

const sleep = (ms: number): void => {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms)
}

/** Processes that turn a new file to WAL together refuse each other at once, whatever the busy timeout says. */
const retryWhileBusy = (step: () => void): void => {
  const deadline = performance.now() + startPatienceMs
  for (;;) {
    try {
      step()
      return
    } catch (error) {
      if (!isBusy(error) || performance.now() > deadline) throw error
      sleep(5 + Math.random() * 20)
    }
  }
}

const prepare = (database: DatabaseSync): void => {
  checkSchema(database)
  database.exec('PRAGMA journal_mode = WAL')
  database.exec('PRAGMA synchronous = FULL')
  migrateSchema(database)
}

const openDatabase = (path: string): DatabaseSync => {
  createPrivately(path)
  const database = new DatabaseSync(path, { timeout: startPatienceMs })
  try {
    retryWhileBusy(() => prepare(database))
    // From here on SQLite must not wait: it would block the thread that answers requests.
    database.exec('PRAGMA busy_timeout = 0')
    return database
  } catch (error) {
    database.close()
    throw error
  }
}

/** State in one file, which several processes of one machine may share. Throws an Error that names the file. */
export const openSqliteStore = (
  path: string,
  now: () => number = Date.now,
  patienceMs: number = defaultPatienceMs,
): Store => {
  try {
    // An absolute path: SQLite reads names like ":memory:" and "file:…" in its own way.
    const database = openDatabase(resolve(path))
    const operations = {
      ...createSqliteLogs(database),
      ...createSqliteValues(database, now),
      ...createSqliteRecords(database),
      ...createSqliteCounters(database, now),
    }
    const close = async () => {
      if (database.isOpen) database.close()
    }
    return failUnavailable({ ...waitWhileBusy(operations, patienceMs), close })
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new Error(`the store file ${path} cannot be used: ${reason}`, { cause: error })
  }
}
