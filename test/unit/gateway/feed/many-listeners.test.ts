import { setImmediate as nextTurn } from 'node:timers/promises'
import { afterEach, expect, test } from 'vitest'
import type { LiveEvent } from '#src/gateway/feed/index.ts'
import { createMemoryStore } from '#src/store/memory/index.ts'
import { createFeedWorld, createReplica, listenTo } from '../../../support/feed-world.ts'

const leaving = new Set<AbortController>()

afterEach(() => {
  for (const each of leaving) each.abort()
  leaving.clear()
})

const startLeaving = (): AbortController => {
  const controller = new AbortController()
  leaving.add(controller)
  return controller
}

const quick = { heartbeatMs: 60_000, minIntervalMs: 20, maxIntervalMs: 20 }

/** A store that counts the reads of the log. */
const createCountingStore = () => {
  const store = createMemoryStore()
  let reads = 0
  const readLog: typeof store.readLog = (...given) => {
    reads += 1
    return store.readLog(...given)
  }
  return { store: { ...store, readLog }, reads: () => reads }
}

const receiveLead = async (events: AsyncIterable<LiveEvent>): Promise<LiveEvent> => {
  for await (const event of events) if (event.kind === 'lead') return event
  throw new Error('the stream ended without a lead')
}

test('hundreds of listeners share one read and one event, and are notified in several turns of the event loop', async () => {
  const world = createFeedWorld()
  const { store, reads } = createCountingStore()
  const replica = createReplica(world, store, 0, quick)
  const { signal } = startLeaving()
  let turn = 0
  let isOver = false
  const countTurns = async () => {
    while (!isOver) {
      await nextTurn()
      turn += 1
    }
  }
  const counting = countTurns()

  const streams = await Promise.all(Array.from({ length: 300 }, () => listenTo(replica, {}, signal)))
  for (const stream of streams) expect((await stream.next()).value?.kind).toBe('idle')
  const received = streams.map(async (stream) => {
    const event = await receiveLead(stream)
    return { event, turn }
  })
  await expect.poll(reads).toBeGreaterThan(0)
  await nextTurn()
  const before = reads()
  world.rows.push({ id: 'newcomer', createdAt: world.clock, arrivedAt: world.clock, deletedAt: null })
  // The last reading is no longer fresh.
  world.clock += 60_000
  const results = await Promise.all(received)
  isOver = true
  await counting

  expect(new Set(results.map(({ event }) => event)).size).toBe(1)
  expect(reads() - before).toBeLessThan(5)
  const perTurn = [...Map.groupBy(results, (result) => result.turn).values()].map(({ length }) => length)
  expect(Math.max(...perTurn)).toBeLessThanOrEqual(100)
})

test('a client cannot exceed its limit of live feeds, and each closed feed frees a slot', async () => {
  const replica = createReplica(createFeedWorld(), createMemoryStore(), 0, { ...quick, streams: { client: 2 } })
  const [first, second] = [startLeaving(), startLeaving()]
  const one = await listenTo(replica, {}, first.signal)
  const two = await listenTo(replica, {}, second.signal)
  await expect(listenTo(replica, {}, second.signal)).rejects.toMatchObject({
    code: 'rate-limited',
    fields: { retryAfter: 15, detail: expect.stringContaining('2 live feeds') },
  })
  // The stream ends before its first event was requested.
  await two.return()
  const three = await listenTo(replica, {}, second.signal)
  await expect(listenTo(replica, {}, second.signal)).rejects.toMatchObject({ code: 'rate-limited' })
  await one.next()
  first.abort()
  await one.return()
  await listenTo(replica, {}, second.signal).then((four) => four.return())
  await three.return()
})

test('a feed that fails to start occupies no slot', async () => {
  const replica = createReplica(createFeedWorld(), createMemoryStore(), 0, { ...quick, streams: { client: 1 } })
  const { signal } = startLeaving()
  for (let each = 0; each < 2; each += 1) {
    await expect(listenTo(replica, { after: 'forged' }, signal)).rejects.toMatchObject({ code: 'invalid-request' })
  }
  await (await listenTo(replica, {}, signal)).return()
})
