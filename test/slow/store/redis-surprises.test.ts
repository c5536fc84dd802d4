import { afterEach, describe, expect, test } from 'vitest'
import { openStore } from '#src/store/index.ts'
import { getRetryDelayMs } from '#src/store/redis/connection.ts'
import { stripArguments } from '#src/store/redis/errors.ts'
import { StoreUnavailable } from '#src/store/store.ts'
import { skipsRedis } from '../../support/redis.ts'
import { openWithRetry } from '../../support/store/patient.ts'
import { expectRecovery, getFailure, startRedisStore } from '../../support/store/redis-calls.ts'
import { createSightings } from '../../support/store/sightings.ts'
import { closeAfterTest, runCleanup } from '../../support/store/temporary.ts'
import { openNetworkLink } from '../../support/store/wire.ts'

afterEach(runCleanup)

test('a failure that has only a code is reported by its code', () => {
  const failure = Object.assign(new AggregateError([new Error('connect ECONNREFUSED ::1')], ''), {
    code: 'ECONNREFUSED',
  })
  expect(stripArguments(failure)).toMatchObject({ message: 'ECONNREFUSED', code: 'ECONNREFUSED' })
})

test('attempts to connect become rarer, but never rarer than every two seconds', () => {
  const pauses = Array.from({ length: 2000 }, (_, index) => getRetryDelayMs(index + 1))
  expect(Math.max(...pauses)).toBeLessThanOrEqual(2000)
  expect(Math.min(...pauses.slice(10))).toBeGreaterThanOrEqual(1000)
  expect(pauses[0]).toBeLessThanOrEqual(20)
})

describe.skipIf(skipsRedis)('a Redis that', () => {
  test('closed an idle connection causes no failed call', async () => {
    const server = await startRedisStore()
    const wire = await openNetworkLink(server.port)
    const store = closeAfterTest(openWithRetry(`redis://127.0.0.1:${wire.port}`))
    for (let round = 0; round < 3; round += 1) {
      await store.set('key', `${round}`)
      await wire.disconnect()
      expect(await store.get('key')).toBe(`${round}`)
    }
  })

  test('closed the connection before it answered is not called twice', async () => {
    const server = await startRedisStore()
    const [wire, watcher] = [await openNetworkLink(server.port), closeAfterTest(openWithRetry(server.url))]
    const store = closeAfterTest(openWithRetry(`redis://127.0.0.1:${wire.port}`))
    expect(await store.draw('budget', 3, 10, 60_000)).toBe(3)
    wire.dropReplies()
    const failed = getFailure(() => store.draw('budget', 3, 10, 60_000))
    await expect.poll(() => watcher.getDrawn('budget')).toBe(6)
    await wire.disconnect()
    expect(await failed).toBeInstanceOf(StoreUnavailable)
    await expectRecovery(store)
    expect(await store.getDrawn('budget')).toBe(6)
  })

  test('lost its scripts gets them again', async () => {
    const server = await startRedisStore()
    const store = closeAfterTest(openWithRetry(server.url))
    const inspector = server.inspector()
    for (let round = 1; round <= 3; round += 1) {
      expect(await store.draw('budget', 1, 10, 60_000)).toBe(1)
      expect(await store.getDrawn('budget')).toBe(round)
      await inspector.script('FLUSH')
    }
  })

  test('became a replica is disconnected, because its name may now resolve to the new primary', async () => {
    const server = await startRedisStore()
    const store = closeAfterTest(openWithRetry(server.url))
    await store.set('key', 'value')
    const inspector = server.inspector()
    const connections = async () => (await inspector.info('stats')).match(/total_connections_received:(\d+)/)?.[1]
    const before = await connections()
    await inspector.replicaof('127.0.0.1', '1')
    expect(await getFailure(() => store.set('key', 'other'))).toBeInstanceOf(StoreUnavailable)
    expect(await getFailure(() => store.draw('budget', 1, 10, 60_000))).toBeInstanceOf(StoreUnavailable)
    await expect.poll(async () => Number(await connections())).toBeGreaterThan(Number(before))
    await inspector.replicaof('NO', 'ONE')
    await expectRecovery(store)
    await store.set('key', 'other')
  })

  test('lost a part of a log has no log, and creates a new one', async () => {
    const server = await startRedisStore()
    const store = closeAfterTest(openWithRetry(server.url))
    const inspector = server.inspector()
    for (const part of ['log', 'log-ids', 'log-seen']) {
      const before = await store.appendNew('name', createSightings(['a', 'b']), 1)
      expect(await inspector.del(`foyer:${part}:name`)).toBe(1)
      expect(await store.getLogState('name')).toBeNull()
      expect(await store.readLog('name', 0, 10)).toEqual([])
      await store.trimLog('name', { firstSeenAt: 9, createdAt: 9 })
      const after = await store.appendNew('name', createSightings(['b', 'c']), 2)
      expect(after).toMatchObject({ lastSeq: 2, trimmedTo: 0 })
      expect(after.logId).not.toBe(before.logId)
      expect(await store.readLog('name', 0, 10)).toMatchObject([{ id: 'b' }, { id: 'c' }])
    }
  })

  test('is no longer needed is disconnected, and a closed store stays closed', async () => {
    const server = await startRedisStore()
    const store = openWithRetry(server.url)
    await store.set('key', 'value')
    await Promise.all([store.close(), store.close()])
    expect(await getFailure(() => store.get('key'))).toMatchObject({ message: expect.stringMatching(/it was closed/) })
    server.freeze()
    const frozen = openStore(server.url)
    await frozen.close()
  })
})
