import { randomUUID } from 'node:crypto'
import type { LogEntry, LogState, LogStore } from '../store.ts'

interface Log {
  state: LogState
  entries: LogEntry[]
  readonly byId: Map<string, LogEntry>
}

const maxEntries = 1_000_000
const maxLogs = 10_000

const createLog = (now: number): Log => ({
  state: { logId: randomUUID(), lastSeq: 0, trimmedTo: 0, polledAt: now },
  entries: [],
  byId: new Map(),
})

/** Returns the index of the first entry after a position. */
const findIndexAfter = (entries: readonly LogEntry[], seq: number): number => {
  let low = 0
  let high = entries.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((entries[middle] as LogEntry).seq > seq) high = middle
    else low = middle + 1
  }
  return low
}

/** Every step is synchronous and therefore atomic. */
export const createMemoryLogs = (limits = { entries: maxEntries, logs: maxLogs }): LogStore => {
  /** The least recently polled log comes first. */
  const logs = new Map<string, Log>()
  let totalEntries = 0

  const moveToEnd = (name: string, log: Log): void => {
    logs.delete(name)
    logs.set(name, log)
  }

  /** Evicts the oldest logs except the one just written. A recreated log gets a new id, so its readers notice. */
  const evictSurplus = (): void => {
    for (const [name, { entries }] of logs) {
      if ((totalEntries <= limits.entries && logs.size <= limits.logs) || logs.size === 1) return
      logs.delete(name)
      totalEntries -= entries.length
    }
  }

  return {
    appendNew: async (name, sightings, now) => {
      const log = logs.get(name) ?? createLog(now)
      let { lastSeq } = log.state
      for (const { id, createdAt } of sightings) {
        if (log.byId.has(id)) continue
        lastSeq += 1
        const entry = { seq: lastSeq, id, createdAt, firstSeenAt: now }
        log.byId.set(id, entry)
        log.entries.push(entry)
      }
      totalEntries += lastSeq - log.state.lastSeq
      log.state = { ...log.state, lastSeq, polledAt: now }
      moveToEnd(name, log)
      evictSurplus()
      return log.state
    },

    readLog: async (name, after, limit) => {
      const entries = logs.get(name)?.entries ?? []
      const start = findIndexAfter(entries, after)
      return entries.slice(start, start + Math.max(0, limit))
    },

    findLogEntry: async (name, id) => logs.get(name)?.byId.get(id) ?? null,

    getLogState: async (name) => logs.get(name)?.state ?? null,

    trimLog: async (name, before) => {
      const log = logs.get(name)
      const isOld = ({ firstSeenAt, createdAt }: LogEntry) =>
        firstSeenAt < before.firstSeenAt && createdAt !== null && createdAt < before.createdAt
      const oldEntries = log?.entries.filter(isOld) ?? []
      const lastOld = oldEntries.at(-1)
      if (!log || !lastOld) return
      for (const { id } of oldEntries) log.byId.delete(id)
      log.entries = log.entries.filter((entry) => !isOld(entry))
      log.state = { ...log.state, trimmedTo: Math.max(log.state.trimmedTo, lastOld.seq) }
      totalEntries -= oldEntries.length
    },
  }
}
