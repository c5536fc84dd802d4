import { randomUUID } from 'node:crypto'
import type { LogEntry, LogState, LogStore } from '../store.ts'
import { decodeText, encodeText } from '../text-encoding.ts'
import type { RedisConnection } from './connection.ts'
import { append, logState, read, trim, trimStep } from './log-scripts.ts'

const keysOf = (log: string): string[] =>
  ['log', 'log-ids', 'log-seen'].map((kind) => `foyer:${kind}:${encodeText(log)}`)

const decodeState = (reply: unknown): LogState => {
  const [logId, lastSeq, trimmedTo, polledAt] = reply as [string, string, string, string]
  return { logId, lastSeq: Number(lastSeq), trimmedTo: Number(trimmedTo), polledAt: Number(polledAt) }
}

const decodeEntries = (reply: unknown): LogEntry[] => {
  const fields = reply as string[]
  return Array.from({ length: fields.length / 3 }, (_, index) => {
    const [id, seq, times] = fields.slice(index * 3, index * 3 + 3) as [string, string, string]
    const [createdAt, firstSeenAt] = times.split(' ')
    return {
      seq: Number(seq),
      id: decodeText(id),
      createdAt: createdAt ? Number(createdAt) : null,
      firstSeenAt: Number(firstSeenAt),
    }
  })
}

/** Each step is one script, hence indivisible; a trim of many entries takes several. */
export const createRedisLogs = ({ script }: RedisConnection): LogStore => {
  const runAppend = script('foyerAppend', append)
  const runState = script('foyerLogState', logState)
  const runRead = script('foyerRead', read)
  const runTrim = script('foyerTrim', trim)

  return {
    appendNew: async (log, sightings, now) => {
      const pairs = sightings.flatMap(({ id, createdAt }) => [encodeText(id), createdAt ?? ''])
      return decodeState(await runAppend(keysOf(log), [randomUUID(), now, ...pairs]))
    },
    readLog: async (log, after, limit) =>
      // Redis takes a negative limit for none.
      decodeEntries(await runRead(keysOf(log), [after, Math.max(0, limit)])),
    logState: async (log) => {
      const reply = await runState(keysOf(log), [])
      return reply === null ? null : decodeState(reply)
    },
    trimLog: async (log, { firstSeenAt, createdAt }) => {
      for (let offset = 0, count = trimStep; count === trimStep; ) {
        const reply = await runTrim(keysOf(log), [firstSeenAt, createdAt, offset])
        const [looked, kept] = reply as [number, number]
        offset += kept
        count = looked
      }
    },
  }
}
