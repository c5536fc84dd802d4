/** State that replicas share or that must survive a restart. Every implementation passes the same contract suite. */
export interface Store extends LogStore, ValueStore, RecordStore, CounterStore {
  close(): Promise<void>
}

/** An id seen upstream. Times are milliseconds since 1970. */
export interface Sighting {
  readonly id: string
  /** Null: the upstream's own time cannot be read. */
  readonly createdAt: number | null
}

export interface LogEntry extends Sighting {
  /** Position in the log: 1, 2, 3… without a gap when it is written. */
  readonly seq: number
  readonly firstSeenAt: number
}

export interface LogState {
  /** Drawn at random when the log is begun: a log that was lost and begun anew has another. */
  readonly logId: string
  /** Position of the last entry; 0: none yet. */
  readonly lastSeq: number
  /** Every position up to this one may be forgotten. */
  readonly trimmedTo: number
  /** When the log was last written to, or found to lack nothing. */
  readonly polledAt: number
}

/** Logs of first sightings: ids and times only, no personal data. */
export interface LogStore {
  /**
   * Appends those ids that the log does not hold, in the order given, in one indivisible step: of two callers at the
   * same time neither adds an id that the other added. Begins the log if there is none. An id given twice counts once.
   */
  appendNew(log: string, sightings: readonly Sighting[], now: number): Promise<LogState>
  /** Entries after a position, in order. */
  readLog(log: string, after: number, limit: number): Promise<LogEntry[]>
  /** Null: there is no such log. */
  getLogState(log: string): Promise<LogState | null>
  /** Forgets entries that were first seen before one moment and created before another; unknown times are kept. */
  trimLog(log: string, before: { firstSeenAt: number; createdAt: number }): Promise<void>
}

/** Small values under keys, some of them for a time. */
export interface ValueStore {
  get(key: string): Promise<string | null>
  set(key: string, value: string, ttlMs?: number): Promise<void>
  /** True: it was set. False: there is a value already. */
  setIfAbsent(key: string, value: string, ttlMs?: number): Promise<boolean>
  /** Renews the time of a value that is still the given one. */
  extendIfEqual(key: string, value: string, ttlMs: number): Promise<boolean>
  deleteIfEqual(key: string, value: string): Promise<boolean>
  /** Sets a value in place of one that is still the given one. Without a time the new value is kept for good. */
  replaceIfEqual(key: string, expected: string, value: string, ttlMs?: number): Promise<boolean>
  /** Gives a value and forgets it in one indivisible step: of many callers at the same time one receives it. */
  take(key: string): Promise<string | null>
}

/** Small records that are listed together and kept until they are removed. */
export interface RecordStore {
  putRecord(collection: string, id: string, value: string): Promise<void>
  getRecord(collection: string, id: string): Promise<string | null>
  /** Every record of a collection by its id, in the order of the ids' code units. */
  listRecords(collection: string): Promise<ReadonlyMap<string, string>>
  /** True: the record was still the given one, and is replaced. */
  replaceRecord(collection: string, id: string, expected: string, value: string): Promise<boolean>
  /** False: there was none. */
  removeRecord(collection: string, id: string): Promise<boolean>
}

/** Counters that several processes draw from together. */
export interface CounterStore {
  /**
   * Draws up to `amount` from a counter that ends at `cap`, in one indivisible step, and gives how much was granted: 0 when
   * it is spent. The counter is forgotten `ttlMs` after its first draw.
   */
  draw(counter: string, amount: number, cap: number, ttlMs: number): Promise<number>
  /** How much has been drawn so far. */
  getDrawn(counter: string): Promise<number>
}

/**
 * How every call fails: the state is out of reach, refuses the write or has no room. What was asked for may have been done
 * nevertheless. The cause never holds the password of a store, nor what was to be written.
 */
export class StoreUnavailable extends Error {
  override readonly name = 'StoreUnavailable'
}
