import type { DatabaseSync } from 'node:sqlite'

const logsAndValues = `
  CREATE TABLE log (
    number INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    log_id TEXT NOT NULL,
    last_seq INTEGER NOT NULL,
    trimmed_to INTEGER NOT NULL,
    polled_at INTEGER NOT NULL
  ) STRICT;

  CREATE TABLE log_entry (
    log_number INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    id TEXT NOT NULL,
    created_at INTEGER,
    first_seen_at INTEGER NOT NULL,
    PRIMARY KEY (log_number, seq),
    UNIQUE (log_number, id)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE stored_value (
    key TEXT PRIMARY KEY,
    value TEXT NOT NULL,
    expires_at INTEGER
  ) STRICT;

  CREATE INDEX stored_value_by_expiry ON stored_value (expires_at) WHERE expires_at IS NOT NULL;
`

const recordsAndCounters = `
  CREATE TABLE record (
    collection TEXT NOT NULL,
    id TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (collection, id)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE counter (
    name TEXT PRIMARY KEY,
    drawn INTEGER NOT NULL,
    expires_at INTEGER NOT NULL
  ) STRICT;

  CREATE INDEX counter_by_expiry ON counter (expires_at);
`

/** Append a step to change the tables. Released steps never change, because existing files contain their result. */
const migrations = [logsAndValues, recordsAndCounters]

const schemaVersion = migrations.length

/** Takes the write lock first, so that a step that reads and then writes cannot be interrupted or rejected midway. */
export const runInTransaction = <T>(database: DatabaseSync, step: () => T): T => {
  database.exec('BEGIN IMMEDIATE')
  try {
    const result = step()
    database.exec('COMMIT')
    return result
  } catch (error) {
    if (database.isTransaction) database.exec('ROLLBACK')
    throw error
  }
}

/** A single statement, so that both values are consistent while another process creates the tables. */
const readContents = (database: DatabaseSync): { version: number; tables: number } => {
  const row = database
    .prepare('SELECT user_version AS version, (SELECT count(*) FROM sqlite_schema) AS tables FROM pragma_user_version')
    .get()
  return { version: Number(row?.version), tables: Number(row?.tables) }
}

/** Throws if the file belongs to another program or to a later version. It only reads. */
export const checkSchema = (database: DatabaseSync): void => {
  const contents = readContents(database)
  if (contents.version > schemaVersion)
    throw new Error(
      `its schema has version ${contents.version}, and this Foyer knows ${schemaVersion}: a newer Foyer wrote it`,
    )
  if (contents.version === 0 && contents.tables > 0) throw new Error('it is a database of something else')
}

/** Migrates the tables. Concurrent processes migrate a file only once. */
export const migrateSchema = (database: DatabaseSync): void =>
  runInTransaction(database, () => {
    checkSchema(database)
    for (const step of migrations.slice(readContents(database).version)) database.exec(step)
    database.exec(`PRAGMA user_version = ${schemaVersion}`)
  })
