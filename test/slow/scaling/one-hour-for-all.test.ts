/**
 * Three processes on a real Redis. One of them is killed and restarted repeatedly while Redis works, is killed, is
 * frozen or is slow. The upstream never gets more calls in an hour than its limit. Only the hours are shortened.
 */
import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type RedisServer, skipsRedis, startRedis } from '../../support/redis.ts'
import { type CompressedHours, openCompressedHours } from '../../support/scaling/compressed-hours.ts'

/**
 * 5 % of it are more than the calls that three processes may make without the store, plus those in progress when an
 * hour ends.
 */
const cap = 200

interface Trouble {
  name: string
  /** The store is repeatedly available and unavailable. */
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
    // It keeps acknowledged writes, as docs/scaling.md requires.
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
    // It recovers by itself: the calls of an hour are used.
    await expect.poll(hours.total).toBeGreaterThan(cap / 2)
    expect(hours.maxPerHour()).toBeLessThanOrEqual(cap)
  })
})

test('the same replicas exceed the limit if they share nothing', async () => {
  const hours = await openCompressedHours('memory:', cap, 2 * cap)
  await expect.poll(hours.maxPerHour).toBeGreaterThan(cap)
  await hours.close()
})
