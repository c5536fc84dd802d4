import type { RecordStore } from '../store.ts'
import { decodeText, encodeText, inOrderOfIds } from '../text-encoding.ts'
import type { RedisConnection } from './connection.ts'

const replaceRecord = `
  if redis.call('HGET', KEYS[1], ARGV[1]) ~= ARGV[2] then return 0 end
  redis.call('HSET', KEYS[1], ARGV[1], ARGV[3])
  return 1
`

const keyOf = (collection: string): string => `foyer:records:${encodeText(collection)}`

/** One hash a collection. */
export const createRedisRecords = ({ call, script }: RedisConnection): RecordStore => {
  const replace = script('foyerReplaceRecord', replaceRecord)

  return {
    putRecord: async (collection, id, value) => {
      await call((redis) => redis.hset(keyOf(collection), encodeText(id), encodeText(value)))
    },
    record: async (collection, id) => {
      const stored = await call((redis) => redis.hget(keyOf(collection), encodeText(id)))
      return stored === null ? null : decodeText(stored)
    },
    records: async (collection) => {
      const stored = await call((redis) => redis.hgetall(keyOf(collection)))
      return inOrderOfIds(Object.entries(stored).map(([id, value]) => [decodeText(id), decodeText(value)] as const))
    },
    replaceRecord: async (collection, id, expected, value) =>
      (await replace([keyOf(collection)], [id, expected, value].map(encodeText))) === 1,
    removeRecord: async (collection, id) =>
      (await call((redis) => redis.hdel(keyOf(collection), encodeText(id)))) === 1,
  }
}
