import type { ValueStore } from '../store.ts'
import { decodeText, encodeText } from '../text-encoding.ts'
import type { RedisConnection } from './connection.ts'

const extendIfEqual = `
  if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
  return redis.call('PEXPIRE', KEYS[1], ARGV[2])
`

const deleteIfEqual = `
  if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
  return redis.call('DEL', KEYS[1])
`

const replaceIfEqual = `
  if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
  redis.call('SET', KEYS[1], ARGV[2])
  if ARGV[3] then redis.call('PEXPIRE', KEYS[1], ARGV[3]) end
  return 1
`

const keyOf = (key: string): string => `foyer:value:${encodeText(key)}`

/** Redis counts whole milliseconds, and refuses to keep a value for none. */
export const wholeTime = (ttlMs: number): number => Math.max(1, Math.ceil(ttlMs))

const decodeValue = (stored: string | null): string | null => (stored === null ? null : decodeText(stored))

/** The server's clock decides when a time is over. */
export const createRedisValues = ({ call, script }: RedisConnection): ValueStore => {
  const extend = script('foyerExtendIfEqual', extendIfEqual)
  const remove = script('foyerDeleteIfEqual', deleteIfEqual)
  const replace = script('foyerReplaceIfEqual', replaceIfEqual)

  return {
    get: async (key) => decodeValue(await call((redis) => redis.get(keyOf(key)))),
    set: async (key, value, ttlMs) => {
      const stored = encodeText(value)
      await call((redis) =>
        ttlMs === undefined ? redis.set(keyOf(key), stored) : redis.set(keyOf(key), stored, 'PX', wholeTime(ttlMs)),
      )
    },
    setIfAbsent: async (key, value, ttlMs) => {
      const stored = encodeText(value)
      const outcome = await call((redis) =>
        ttlMs === undefined
          ? redis.set(keyOf(key), stored, 'NX')
          : redis.set(keyOf(key), stored, 'PX', wholeTime(ttlMs), 'NX'),
      )
      return outcome === 'OK'
    },
    extendIfEqual: async (key, value, ttlMs) =>
      (await extend([keyOf(key)], [encodeText(value), wholeTime(ttlMs)])) === 1,
    deleteIfEqual: async (key, value) => (await remove([keyOf(key)], [encodeText(value)])) === 1,
    replaceIfEqual: async (key, expected, value, ttlMs) => {
      const time = ttlMs === undefined ? [] : [wholeTime(ttlMs)]
      return (await replace([keyOf(key)], [encodeText(expected), encodeText(value), ...time])) === 1
    },
    take: async (key) => decodeValue(await call((redis) => redis.getdel(keyOf(key)))),
  }
}
