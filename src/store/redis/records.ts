import type { RecordStore } from '../store.ts'
import { decodeText, encodeText, sortById } from '../text-encoding.ts'
import type { RedisConnection } from './connection.ts'

const replaceRecordScript = `
  if redis.call('HGET', KEYS[1], ARGV[1]) ~= ARGV[2] then return 0 end
  redis.call('HSET', KEYS[1], ARGV[1], ARGV[3])
  return 1
`

const toRedisKey = (collection: string): string => `foyer:records:${encodeText(collection)}`

/** Stores each collection as one hash. */
export const createRedisRecords = ({ call, defineScript }: RedisConnection): RecordStore => {
  const replace = defineScript('foyerReplaceRecord', replaceRecordScript)

  return {
    putRecord: async (collection, id, value) => {
      await call((redis) => redis.hset(toRedisKey(collection), encodeText(id), encodeText(value)))
    },
    getRecord: async (collection, id) => {
      const encodedValue = await call((redis) => redis.hget(toRedisKey(collection), encodeText(id)))
      return encodedValue === null ? null : decodeText(encodedValue)
    },
    listRecords: async (collection) => {
      const encodedValues = await call((redis) => redis.hgetall(toRedisKey(collection)))
      return sortById(Object.entries(encodedValues).map(([id, value]) => [decodeText(id), decodeText(value)] as const))
    },
    replaceRecord: async (collection, id, expected, value) =>
      (await replace([toRedisKey(collection)], [id, expected, value].map(encodeText))) === 1,
    removeRecord: async (collection, id) =>
      (await call((redis) => redis.hdel(toRedisKey(collection), encodeText(id)))) === 1,
  }
}
