/**
 * Three processes on one real Redis, one of them killed and started again and again, while Redis is well, killed, frozen or
 * slow: in no hour does the upstream see more calls than it grants. Hours are compressed, nothing else is.
 */
import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type RedisServer, skipsRedis, startRedis } from '../../support/redis.ts'
import { type CompressedHours, openCompressedHours } from '../../support/scaling/compressed-hours.ts'

/** 5 % of it are more than what three processes may spend without the store and have on their way when an hour ends. */
const cap = 200

interface Trouble {
  name: string
  /** It comes and goes. */
  strike(redis: RedisServer): Promise<void>
}

const freezeFor = async (redis: RedisServer, milliseconds: number): Promise<void> => {
  redis.freeze()
  await wait(milliseconds)
  redis.thaw()
}

const troubles: readonly Trouble[] = [
  { name: 'is well', strike: () => wait(100) },
  {
    name: 'is killed and started again',
    strike: async (redis) => {
      await redis.kill()
      await wait(300 * Math.random())
      await redis.start()
      await wait(300 * Math.random())
    },
  },
  {
    name: 'is frozen and thawed',
    strike: async (redis) => {
      await freezeFor(redis, 500 + 500 * Math.random())
      await wait(300 * Math.random())
    },
  },
  {
    name: 'is slow: some of its answers are in time, others late',
    strike: async (redis) => {
      await freezeFor(redis, 400 * Math.random())
      await wait(5)
    },
  },
]

describe.skipIf(skipsRedis)('never more than the cap in an hour, while Redis', () => {
  let redis: RedisServer
  let hours: CompressedHours

  beforeAll(async () => {
    // It keeps what it acknowledged, as docs/scaling.md asks.
    redis = await startRedis(['--appendonly', 'yes', '--appendfsync', 'always'])
    hours = await openCompressedHours(redis.url, cap, 0.9 * cap)
  })

  afterAll(async () => {
    await hours.close()
    await redis.close()
  })

  test.each(troubles)('$name', async ({ strike }) => {
    const [from, killed] = [hours.hour(), hours.killed()]
    while (hours.hour() < from + 2 || hours.killed() === killed) await strike(redis)
    // It recovers by itself: an hour is made use of.
    await expect.poll(hours.total, { timeout: 30_000 }).toBeGreaterThan(cap / 2)
    expect(hours.maxPerHour()).toBeLessThanOrEqual(cap)
  })
})

test('the same replicas, if they share nothing, make more', async () => {
  const hours = await openCompressedHours('memory:', cap, 2 * cap)
  await expect.poll(hours.maxPerHour, { timeout: 30_000 }).toBeGreaterThan(cap)
  await hours.close()
})
