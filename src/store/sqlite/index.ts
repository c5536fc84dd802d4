import { closeSync, openSync } from 'node:fs'
import { resolve } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { Store } from '../store.ts'
import { wrapStoreErrors } from '../unavailable.ts'
import { isBusy, withBusyRetry } from './busy.ts'
import { createSqliteCounters } from './counters.ts'
import { createSqliteLogs } from './logs.ts'
import { createSqliteRecords } from './records.ts'
import { checkSchema, migrateSchema } from './schema.ts'
import { createSqliteValues } from './values.ts'

/** How long the start waits for other processes. It may block because no requests are served yet. */
const startupTimeoutMs = 10_000

/** How long an operation waits for other processes, whose steps take milliseconds each. */
const defaultBusyTimeoutMs = 2_000

/**
 * SQLite would create the file with the permissions of the umask. Its side files inherit the mode of the main file.
 * An existing file is not opened here: closing it would release the locks that other connections of this process hold.
 */
const createPrivateFile = (path: string): void => {
  try {
    closeSync(openSync(path, 'wx', 0o600))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
}

const sleep = (ms: number): void => {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms)
}

/** Processes that switch a new file to WAL at the same time fail immediately, whatever the busy timeout is. */
const retryWhileBusy = (step: () => void): void => {
  const deadlineMs = performance.now() + startupTimeoutMs
  for (;;) {
    try {
      step()
      return
    } catch (error) {
      if (!isBusy(error) || performance.now() > deadlineMs) throw error
      sleep(5 + Math.random() * 20)
    }
  }
}

const prepareDatabase = (database: DatabaseSync): void => {
  checkSchema(database)
  database.exec('PRAGMA journal_mode = WAL')
  database.exec('PRAGMA synchronous = FULL')
  migrateSchema(database)
}

const openDatabase = (path: string): DatabaseSync => {
  createPrivateFile(path)
  const database = new DatabaseSync(path, { timeout: startupTimeoutMs })
  try {
    retryWhileBusy(() => prepareDatabase(database))
    // SQLite must not wait from here on, because that would block the event loop.
    database.exec('PRAGMA busy_timeout = 0')
    return database
  } catch (error) {
    database.close()
    throw error
  }
}

/** A store in one file, which several processes of one machine may share. Throws an Error that names the file. */
export const openSqliteStore = (
  path: string,
  now: () => number = Date.now,
  busyTimeoutMs: number = defaultBusyTimeoutMs,
): Store => {
  try {
    // An absolute path, because SQLite interprets names such as ":memory:" and "file:…".
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
    return wrapStoreErrors({ ...withBusyRetry(operations, busyTimeoutMs), close })
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new Error(`the store file ${path} cannot be used: ${reason}`, { cause: error })
  }
}
