import type { Redis } from 'ioredis'
import { afterAll, afterEach, beforeAll, describe } from 'vitest'
import { type RedisServer, skipsRedis, startRedis } from '../../support/redis.ts'
import { describeStore } from '../../support/store/contract.ts'
import { openWithRetry } from '../../support/store/patient.ts'
import { closeAfterTest, runCleanup } from '../../support/store/temporary.ts'

/** Reduces the remaining time of each key, as if the server had been suspended for that time. */
const shortenTimes = `
  for _, key in ipairs(redis.call('KEYS', '*')) do
    local left = redis.call('PTTL', key)
    if left >= 0 then redis.call('PEXPIRE', key, left - ARGV[1]) end
  end
`

describe.skipIf(skipsRedis)('a real server', () => {
  let server: RedisServer
  let inspector: Redis

  beforeAll(async () => {
    server = await startRedis()
    inspector = server.inspector()
  })
  afterEach(runCleanup)
  afterAll(() => server.close())

  const another = () => closeAfterTest(openWithRetry(server.url))

  describeStore('Redis', async () => {
    await inspector.flushall()
    return {
      store: another(),
      another,
      pass: (ms) => inspector.eval(shortenTimes, 0, ms),
      // No step of a test takes ten seconds.
      unit: 10_000,
    }
  })
})
