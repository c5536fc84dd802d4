/** A file as version 1 created it. It must never be adapted to the code. */
export const firstSchema = `
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

  INSERT INTO log VALUES (1, 'leads', 'drawn', 1, 0, 6);
  INSERT INTO log_entry VALUES (1, 1, 'a', NULL, 5);
  INSERT INTO stored_value VALUES ('key', 'value', NULL);
  PRAGMA user_version = 1;
`
