import { afterEach, describe, expect, test, vi } from 'vitest'
import { StoreUnavailable } from '#src/store/store.ts'
import { createRedis, skipsRedis } from '../../support/redis.ts'
import { openWithRetry } from '../../support/store/patient.ts'
import { startRedisStore } from '../../support/store/redis-calls.ts'
import { drawTogether } from '../../support/store/start-drawers.ts'
import { startAppender } from '../../support/store/start-script.ts'
import { addCleanup, closeAfterTest, runCleanup } from '../../support/store/temporary.ts'

afterEach(runCleanup)

describe.skipIf(skipsRedis)('on a server', () => {
  test('that starts late: processes that append overlapping ids write every id once, no gap, no error', async () => {
    const server = await createRedis()
    addCleanup(server.close)
    const appenders = [7, 10].map((batch) => startAppender(server.url, 2002, batch))
    const store = closeAfterTest(openWithRetry(server.url))
    await expect(store.getLogState('log')).rejects.toBeInstanceOf(StoreUnavailable)
    await server.start()
    expect(await Promise.all(appenders.map(({ exit }) => exit))).toEqual(
      appenders.map(() => ({ code: 0, complaints: '' })),
    )
    const entries = await vi.waitFor(() => store.readLog('log', 0, 10_000), { timeout: 60_000 })
    expect(entries.map(({ seq }) => seq)).toEqual(entries.map((_, index) => index + 1))
    expect(new Set(entries.map(({ id }) => id)).size).toBe(entries.length)
    expect(entries.length).toBeGreaterThanOrEqual(2002)
    expect(entries.length).toBeLessThan(2002 + 10)
  })
  test.each(['down', 'frozen'])('that is %s: a process that closes its store ends', async (kind) => {
    const server = await createRedis()
    addCleanup(server.close)
    if (kind === 'frozen') {
      await server.start()
      server.freeze()
    }
    expect(await startAppender(server.url, 0, 1).exit).toEqual({ code: 0, complaints: '' })
  })

  test('processes that draw together get exactly the cap', async () => {
    expect(await drawTogether((await startRedisStore()).url)).toBe(1500)
  })
})
