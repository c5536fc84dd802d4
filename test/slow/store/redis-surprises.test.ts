import { afterEach, describe, expect, test, vi } from 'vitest'
import { openStore } from '#src/store/index.ts'
import { pauseBefore } from '#src/store/redis/connection.ts'
import { withoutArguments } from '#src/store/redis/errors.ts'
import { StoreUnavailable } from '#src/store/store.ts'
import { skipsRedis } from '../../support/redis.ts'
import { openPatiently } from '../../support/store/patient.ts'
import { expectRecovery, failureOf, started } from '../../support/store/redis-calls.ts'
import { sightings } from '../../support/store/sightings.ts'
import { openLater, runLater } from '../../support/store/temporary.ts'
import { openWire } from '../../support/store/wire.ts'

afterEach(runLater)

test('a failure that Node describes by its code only is told by it', () => {
  const failure = Object.assign(new AggregateError([new Error('connect ECONNREFUSED ::1')], ''), {
    code: 'ECONNREFUSED',
  })
  expect(withoutArguments(failure)).toMatchObject({ message: 'ECONNREFUSED', code: 'ECONNREFUSED' })
})

test('attempts to connect become rarer, but never rarer than every two seconds', () => {
  const pauses = Array.from({ length: 2000 }, (_, index) => pauseBefore(index + 1))
  expect(Math.max(...pauses)).toBeLessThanOrEqual(2000)
  expect(Math.min(...pauses.slice(10))).toBeGreaterThanOrEqual(1000)
  expect(pauses[0]).toBeLessThanOrEqual(20)
})

describe.skipIf(skipsRedis)('a Redis that', () => {
  test('ended an idle connection costs no call', async () => {
    const server = await started()
    const wire = await openWire(server.port)
    const store = openLater(openPatiently(`redis://127.0.0.1:${wire.port}`))
    for (let round = 0; round < 3; round += 1) {
      await store.set('key', `${round}`)
      await wire.cut()
      expect(await store.get('key')).toBe(`${round}`)
    }
  })

  test('was cut off before it answered is not asked twice', async () => {
    const server = await started()
    const [wire, watcher] = [await openWire(server.port), openLater(openPatiently(server.url))]
    const store = openLater(openPatiently(`redis://127.0.0.1:${wire.port}`))
    expect(await store.draw('budget', 3, 10, 60_000)).toBe(3)
    wire.loseAnswers()
    const failed = failureOf(() => store.draw('budget', 3, 10, 60_000))
    await vi.waitFor(async () => expect(await watcher.drawn('budget')).toBe(6), { interval: 5 })
    await wire.cut()
    expect(await failed).toBeInstanceOf(StoreUnavailable)
    await expectRecovery(store)
    expect(await store.drawn('budget')).toBe(6)
  })

  test('forgot its scripts is told them again', async () => {
    const server = await started()
    const store = openLater(openPatiently(server.url))
    const inspector = server.inspector()
    for (let round = 1; round <= 3; round += 1) {
      expect(await store.draw('budget', 1, 10, 60_000)).toBe(1)
      expect(await store.drawn('budget')).toBe(round)
      await inspector.script('FLUSH')
    }
  })

  test('became a replica is left, since its name may lead to another by now', async () => {
    const server = await started()
    const store = openLater(openPatiently(server.url))
    await store.set('key', 'value')
    const inspector = server.inspector()
    const connections = async () => (await inspector.info('stats')).match(/total_connections_received:(\d+)/)?.[1]
    const before = await connections()
    await inspector.replicaof('127.0.0.1', '1')
    expect(await failureOf(() => store.set('key', 'other'))).toBeInstanceOf(StoreUnavailable)
    expect(await failureOf(() => store.draw('budget', 1, 10, 60_000))).toBeInstanceOf(StoreUnavailable)
    await vi.waitFor(async () => expect(Number(await connections())).toBeGreaterThan(Number(before)))
    await inspector.replicaof('NO', 'ONE')
    await expectRecovery(store)
    await store.set('key', 'other')
  })

  test('lost a part of a log has no log, and begins it anew', async () => {
    const server = await started()
    const store = openLater(openPatiently(server.url))
    const inspector = server.inspector()
    for (const part of ['log', 'log-ids', 'log-seen']) {
      const before = await store.appendNew('name', sightings(['a', 'b']), 1)
      expect(await inspector.del(`foyer:${part}:name`)).toBe(1)
      expect(await store.logState('name')).toBeNull()
      expect(await store.readLog('name', 0, 10)).toEqual([])
      await store.trimLog('name', { firstSeenAt: 9, createdAt: 9 })
      const after = await store.appendNew('name', sightings(['b', 'c']), 2)
      expect(after).toMatchObject({ lastSeq: 2, trimmedTo: 0 })
      expect(after.logId).not.toBe(before.logId)
      expect(await store.readLog('name', 0, 10)).toMatchObject([{ id: 'b' }, { id: 'c' }])
    }
  })

  test('is no longer needed is left, and a closed store stays closed', async () => {
    const server = await started()
    const store = openPatiently(server.url)
    await store.set('key', 'value')
    await Promise.all([store.close(), store.close()])
    expect(await failureOf(() => store.get('key'))).toMatchObject({ message: expect.stringMatching(/it was closed/) })
    server.freeze()
    const frozen = openStore(server.url)
    await frozen.close()
  })
})
