import { grantOf } from '../counter-grant.ts'
import type { CounterStore } from '../store.ts'
import { encodeText } from '../text-encoding.ts'
import type { RedisConnection } from './connection.ts'
import { wholeTime } from './values.ts'

/** Lua would write large numbers with an exponent, which INCRBY does not read, and Redis would round them in a reply. */
const draw = `
  local drawn = redis.call('GET', KEYS[1])
  local granted = math.min(tonumber(ARGV[1]), tonumber(ARGV[2]) - tonumber(drawn or '0'))
  if granted <= 0 then return 0 end
  local text = string.format('%.0f', granted)
  if drawn then redis.call('INCRBY', KEYS[1], text) else redis.call('SET', KEYS[1], text, 'PX', ARGV[3]) end
  return text
`

const keyOf = (counter: string): string => `foyer:counter:${encodeText(counter)}`

export const createRedisCounters = ({ call, script }: RedisConnection): CounterStore => {
  const run = script('foyerDraw', draw)

  return {
    draw: async (counter, amount, cap, ttlMs) => {
      const atMost = grantOf(0, amount, cap)
      return atMost === 0 ? 0 : Number(await run([keyOf(counter)], [atMost, Math.floor(cap), wholeTime(ttlMs)]))
    },
    drawn: async (counter) => Number((await call((redis) => redis.get(keyOf(counter)))) ?? 0),
  }
}
