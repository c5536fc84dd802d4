/** State that replicas share or that survives a restart. Every implementation passes the same contract suite. */
export interface Store extends LogStore, ValueStore, RecordStore, CounterStore {
  close(): Promise<void>
}

/** An id that the upstream returned. Times are in milliseconds since 1970. */
export interface Sighting {
  readonly id: string
  /** Null if the upstream's time is unreadable. */
  readonly createdAt: number | null
}

export interface LogEntry extends Sighting {
  /** The position in the log: consecutive integers from 1. */
  readonly seq: number
  readonly firstSeenAt: number
}

export interface LogState {
  /** A random id. A log that was lost and recreated has a different one. */
  readonly logId: string
  /** The position of the last entry, or 0 for an empty log. */
  readonly lastSeq: number
  /** Entries up to this position may have been deleted. */
  readonly trimmedTo: number
  /** The time of the last append, including appends that added nothing. */
  readonly polledAt: number
}

/** Logs of first sightings. They contain ids and times only, no personal data. */
export interface LogStore {
  /**
   * Appends the ids that the log does not contain, in the given order, and creates the log if necessary.
   * The step is atomic: concurrent callers never append the same id twice. Duplicate ids in `sightings` count once.
   */
  appendNew(log: string, sightings: readonly Sighting[], now: number): Promise<LogState>
  /** Returns at most `limit` entries after a position, in order. */
  readLog(log: string, after: number, limit: number): Promise<LogEntry[]>
  /** Returns null if the log does not contain the id. */
  findLogEntry(log: string, id: string): Promise<LogEntry | null>
  /** Returns null if the log does not exist. */
  getLogState(log: string): Promise<LogState | null>
  /** Deletes entries first seen before one time and created before another. Entries with unknown times are retained. */
  trimLog(log: string, before: { firstSeenAt: number; createdAt: number }): Promise<void>
}

/** Small values under keys, optionally with an expiry. */
export interface ValueStore {
  get(key: string): Promise<string | null>
  set(key: string, value: string, ttlMs?: number): Promise<void>
  /** Returns false if the key already has a value. */
  setIfAbsent(key: string, value: string, ttlMs?: number): Promise<boolean>
  /** Extends the expiry if the key still has this value. */
  extendIfEqual(key: string, value: string, ttlMs: number): Promise<boolean>
  deleteIfEqual(key: string, value: string): Promise<boolean>
  /** Replaces the value if the key still has the expected one. Without `ttlMs` the new value never expires. */
  replaceIfEqual(key: string, expected: string, value: string, ttlMs?: number): Promise<boolean>
  /** Returns and deletes a value atomically: only one of several concurrent callers receives it. */
  take(key: string): Promise<string | null>
}

/** Small records that are listed by collection and stored until they are removed. */
export interface RecordStore {
  putRecord(collection: string, id: string, value: string): Promise<void>
  getRecord(collection: string, id: string): Promise<string | null>
  /** Returns all records of a collection by id, ordered by the code units of the ids. */
  listRecords(collection: string): Promise<ReadonlyMap<string, string>>
  /** Returns false if the stored record differs from `expected`. */
  replaceRecord(collection: string, id: string, expected: string, value: string): Promise<boolean>
  /** Returns false if there was no such record. */
  removeRecord(collection: string, id: string): Promise<boolean>
}

/** Counters that several processes share. */
export interface CounterStore {
  /**
   * Atomically draws up to `amount` from a counter that ends at `cap`. Returns the granted amount, which is 0 at the
   * cap.
   * The counter expires `ttlMs` after its first draw.
   */
  draw(counter: string, amount: number, cap: number, ttlMs: number): Promise<number>
  /** Returns the amount drawn so far. */
  getDrawn(counter: string): Promise<number>
}

/**
 * Every store operation fails with this error: the store is unreachable, full, or rejects the write.
 * The operation may have succeeded nevertheless. The cause never contains passwords or stored values.
 */
export class StoreUnavailable extends Error {
  override readonly name = 'StoreUnavailable'
}
