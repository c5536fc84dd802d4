import type { ValueStore } from '../store.ts'
import { decodeText, encodeText } from '../text-encoding.ts'
import type { RedisConnection } from './connection.ts'

const extendIfEqualScript = `
  if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
  return redis.call('PEXPIRE', KEYS[1], ARGV[2])
`

const deleteIfEqualScript = `
  if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
  return redis.call('DEL', KEYS[1])
`

const replaceIfEqualScript = `
  if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
  redis.call('SET', KEYS[1], ARGV[2])
  if ARGV[3] then redis.call('PEXPIRE', KEYS[1], ARGV[3]) end
  return 1
`

const toRedisKey = (key: string): string => `foyer:value:${encodeText(key)}`

/** Redis accepts only positive integers as expiry. */
export const toWholeMs = (ttlMs: number): number => Math.max(1, Math.ceil(ttlMs))

const decodeValue = (encodedValue: string | null): string | null =>
  encodedValue === null ? null : decodeText(encodedValue)

/** Expiry follows the clock of the server. */
export const createRedisValues = ({ call, defineScript }: RedisConnection): ValueStore => {
  const extend = defineScript('foyerExtendIfEqual', extendIfEqualScript)
  const remove = defineScript('foyerDeleteIfEqual', deleteIfEqualScript)
  const replace = defineScript('foyerReplaceIfEqual', replaceIfEqualScript)

  return {
    get: async (key) => decodeValue(await call((redis) => redis.get(toRedisKey(key)))),
    set: async (key, value, ttlMs) => {
      const encodedValue = encodeText(value)
      await call((redis) =>
        ttlMs === undefined
          ? redis.set(toRedisKey(key), encodedValue)
          : redis.set(toRedisKey(key), encodedValue, 'PX', toWholeMs(ttlMs)),
      )
    },
    setIfAbsent: async (key, value, ttlMs) => {
      const encodedValue = encodeText(value)
      const outcome = await call((redis) =>
        ttlMs === undefined
          ? redis.set(toRedisKey(key), encodedValue, 'NX')
          : redis.set(toRedisKey(key), encodedValue, 'PX', toWholeMs(ttlMs), 'NX'),
      )
      return outcome === 'OK'
    },
    extendIfEqual: async (key, value, ttlMs) =>
      (await extend([toRedisKey(key)], [encodeText(value), toWholeMs(ttlMs)])) === 1,
    deleteIfEqual: async (key, value) => (await remove([toRedisKey(key)], [encodeText(value)])) === 1,
    replaceIfEqual: async (key, expected, value, ttlMs) => {
      const ttlArguments = ttlMs === undefined ? [] : [toWholeMs(ttlMs)]
      return (await replace([toRedisKey(key)], [encodeText(expected), encodeText(value), ...ttlArguments])) === 1
    },
    take: async (key) => decodeValue(await call((redis) => redis.getdel(toRedisKey(key)))),
  }
}
