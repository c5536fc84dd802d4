import { computeGrant } from '../counter-grant.ts'
import type { CounterStore } from '../store.ts'
import { encodeText } from '../text-encoding.ts'
import type { RedisConnection } from './connection.ts'
import { toWholeMs } from './values.ts'

/** Lua formats large numbers with an exponent, which INCRBY rejects, and Redis would round them in replies. */
const drawScript = `
  local drawn = redis.call('GET', KEYS[1])
  local granted = math.min(tonumber(ARGV[1]), tonumber(ARGV[2]) - tonumber(drawn or '0'))
  if granted <= 0 then return 0 end
  local text = string.format('%.0f', granted)
  if drawn then redis.call('INCRBY', KEYS[1], text) else redis.call('SET', KEYS[1], text, 'PX', ARGV[3]) end
  return text
`

const toRedisKey = (counter: string): string => `foyer:counter:${encodeText(counter)}`

export const createRedisCounters = ({ call, defineScript }: RedisConnection): CounterStore => {
  const runDraw = defineScript('foyerDraw', drawScript)

  return {
    draw: async (counter, amount, cap, ttlMs) => {
      const maxGrant = computeGrant(0, amount, cap)
      return maxGrant === 0
        ? 0
        : Number(await runDraw([toRedisKey(counter)], [maxGrant, Math.floor(cap), toWholeMs(ttlMs)]))
    },
    getDrawn: async (counter) => Number((await call((redis) => redis.get(toRedisKey(counter)))) ?? 0),
  }
}
