import { randomUUID } from 'node:crypto'
import type { LogEntry, LogState, LogStore } from '../store.ts'
import { decodeText, encodeText } from '../text-encoding.ts'
import type { RedisConnection } from './connection.ts'
import { appendScript, findScript, logStateScript, readScript, trimBatchSize, trimScript } from './log-scripts.ts'

const toRedisKeys = (log: string): string[] =>
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

/** Each step is one script and therefore atomic. A trim of many entries takes several steps. */
export const createRedisLogs = ({ defineScript }: RedisConnection): LogStore => {
  const runAppend = defineScript('foyerAppend', appendScript)
  const runState = defineScript('foyerLogState', logStateScript)
  const runRead = defineScript('foyerRead', readScript)
  const runFind = defineScript('foyerFind', findScript)
  const runTrim = defineScript('foyerTrim', trimScript)

  return {
    appendNew: async (log, sightings, now) => {
      const pairs = sightings.flatMap(({ id, createdAt }) => [encodeText(id), createdAt ?? ''])
      return decodeState(await runAppend(toRedisKeys(log), [randomUUID(), now, ...pairs]))
    },
    readLog: async (log, after, limit) =>
      // Redis treats a negative limit as no limit.
      decodeEntries(await runRead(toRedisKeys(log), [after, Math.max(0, limit)])),
    findLogEntry: async (log, id) => decodeEntries(await runFind(toRedisKeys(log), [encodeText(id)]))[0] ?? null,
    getLogState: async (log) => {
      const reply = await runState(toRedisKeys(log), [])
      return reply === null ? null : decodeState(reply)
    },
    trimLog: async (log, { firstSeenAt, createdAt }) => {
      for (let offset = 0, count = trimBatchSize; count === trimBatchSize; ) {
        const reply = await runTrim(toRedisKeys(log), [firstSeenAt, createdAt, offset])
        const [scannedCount, remainingCount] = reply as [number, number]
        offset += remainingCount
        count = scannedCount
      }
    },
  }
}
