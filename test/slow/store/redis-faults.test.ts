import { inspect } from 'node:util'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { openStore } from '#src/store/index.ts'
import { openRedisStore } from '#src/store/redis/index.ts'
import { StoreUnavailable } from '#src/store/store.ts'
import { createRedis, skipsRedis } from '../../support/redis.ts'
import { openWithRetry } from '../../support/store/patient.ts'
import {
  expectEveryCallToFail,
  expectRecovery,
  getFailure,
  listCalls,
  startRedisStore,
} from '../../support/store/redis-calls.ts'
import { openSlowServer } from '../../support/store/reluctant.ts'
import { createSightings } from '../../support/store/sightings.ts'
import { addCleanup, closeAfterTest, runCleanup } from '../../support/store/temporary.ts'
import { openNetworkLink } from '../../support/store/wire.ts'

afterEach(runCleanup)

describe.skipIf(skipsRedis)('a Redis that', () => {
  test('is available answers the first calls, for any number of concurrent calls', async () => {
    const warnings: Error[] = []
    const note = (warning: Error) => warnings.push(warning)
    process.on('warning', note)
    addCleanup(() => process.off('warning', note))
    const store = closeAfterTest(openWithRetry((await startRedisStore()).url))
    const answers = await Promise.all(Array.from({ length: 100 }, () => store.get('key')))
    expect(answers).toEqual(answers.map(() => null))
    await new Promise(setImmediate)
    expect(warnings).toEqual([])
  })

  test('is unavailable at the start fails every call immediately, and works when it starts', async () => {
    const server = await createRedis()
    addCleanup(server.close)
    const store = closeAfterTest(openWithRetry(server.url))
    await expectEveryCallToFail(store)
    expect(inspect(await getFailure(() => store.get('key')))).toMatch(/ECONNREFUSED/)
    await getFailure(async () => {
      for (let call = 0; call < 50; call += 1) await store.get('key').catch(() => null)
    })
    await server.start()
    await expectRecovery(store)
    for (const call of listCalls(store)) await call()
  })

  test('is frozen fails every call in time, also of a store that was opened meanwhile, and works for both afterwards', async () => {
    const server = await startRedisStore()
    const store = closeAfterTest(openStore(server.url))
    await expectRecovery(store)
    server.freeze()
    const delayed = closeAfterTest(openStore(server.url))
    await expectEveryCallToFail(store)
    await expectEveryCallToFail(delayed)
    const crowd = await Promise.all(listCalls(store).map((call) => getFailure(call)))
    expect(crowd.every((failure) => failure instanceof StoreUnavailable)).toBe(true)
    server.thaw()
    await expectRecovery(store)
    await expectRecovery(delayed)
    await vi.waitFor(() => delayed.set('new', 'value'), { timeout: 60_000 })
    expect(await vi.waitFor(() => store.get('new'), { timeout: 60_000 })).toBe('value')
  })

  test('is found again after it was killed and restarted, and lost logs are created again', async () => {
    const server = await startRedisStore()
    const store = closeAfterTest(openWithRetry(server.url))
    const before = await store.appendNew('log', createSightings(['a']), 1)
    await server.kill()
    await expectEveryCallToFail(store)
    await server.start()
    await expectRecovery(store)
    const after = await store.appendNew('log', createSightings(['a']), 2)
    expect(after).toMatchObject({ lastSeq: 1 })
    expect(after.logId).not.toBe(before.logId)
  })

  test('disappeared without closing its connections is abandoned, and found again', async () => {
    const server = await startRedisStore()
    const wire = await openNetworkLink(server.port)
    const store = closeAfterTest(openStore(`redis://127.0.0.1:${wire.port}`))
    await vi.waitFor(() => store.set('key', 'value'), { timeout: 60_000 })
    wire.dropConnections()
    expect(await getFailure(() => store.get('key'))).toBeInstanceOf(StoreUnavailable)
    await expectRecovery(store)
    expect(await vi.waitFor(() => store.get('key'), { timeout: 60_000 })).toBe('value')
  })

  test('is slow fails a call instead of answering late', async () => {
    const server = await startRedisStore()
    const store = closeAfterTest(openStore(server.url))
    await expectRecovery(store)
    server.freeze()
    const delayed = getFailure(() => store.get('key'))
    setTimeout(server.thaw, 400)
    expect(await delayed).toBeInstanceOf(StoreUnavailable)
    await expectRecovery(store)
  })

  test('is slow to greet and then slow to answer has the time of one call for both', async () => {
    const reluctant = await openSlowServer(1_500)
    addCleanup(reluctant.close)
    const store = closeAfterTest(openRedisStore({ host: '127.0.0.1', port: reluctant.port, db: 0 }, 2_000))
    // The greeting and the time of a call after it would exceed 3,500 ms.
    expect(await getFailure(() => store.get('key'))).toBeInstanceOf(StoreUnavailable)
  })
})
