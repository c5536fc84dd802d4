/**
 * Tests the feed with random schedules: each reader that continues gets each lead exactly once, despite late or deleted
 * leads, failures, restarts and races.
 */
import { rmSync } from 'node:fs'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { isProblem } from '#src/problems.ts'
import { createMemoryStore } from '#src/store/memory/index.ts'
import { openSqliteStore } from '#src/store/sqlite/index.ts'
import type { LogEntry, Store } from '#src/store/store.ts'
import {
  createFeedWorld,
  createRecordingStore,
  createReplica,
  dayMs,
  type FeedWorld,
  getSequence,
  hourMs,
  lookBackMs,
  type Replica,
  type Row,
  readFeed,
  secondMs,
} from '../../../support/feed-world.ts'
import { createRunOptions } from '../../../support/properties.ts'
import { createPath } from '../../../support/store/temporary.ts'

type Command =
  | { does: 'arrive'; age: number | null; count: number }
  | { does: 'delete'; which: number }
  | { does: 'wait'; time: number }
  | { does: 'read'; reader: number; replica: number; limit: number; repeat: number | null }
  | { does: 'hold' | 'release' | 'fail' | 'restart'; replica: number }

const replica = fc.nat({ max: 1 })

const age = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom<number | null>(0, 0, secondMs, 90 * secondMs, -hourMs, null) },
  { weight: 2, arbitrary: fc.integer({ min: 0, max: lookBackMs }) },
)

const command: fc.Arbitrary<Command> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ does: fc.constant('arrive'), age, count: fc.integer({ min: 1, max: 4 }) }) },
  { weight: 2, arbitrary: fc.record({ does: fc.constant('delete'), which: fc.nat({ max: 50 }) }) },
  {
    weight: 4,
    arbitrary: fc.record({
      does: fc.constant('wait'),
      time: fc.constantFrom(
        secondMs,
        4 * secondMs,
        6 * secondMs,
        6 * secondMs,
        hourMs,
        dayMs,
        3 * dayMs,
        8 * dayMs,
        15 * dayMs,
      ),
    }),
  },
  {
    weight: 8,
    arbitrary: fc.record({
      does: fc.constant('read'),
      reader: fc.nat({ max: 2 }),
      replica,
      limit: fc.integer({ min: 1, max: 6 }),
      repeat: fc.option(fc.nat({ max: 5 }), { freq: 4 }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ does: fc.constantFrom('hold', 'release'), replica }) },
  { weight: 1, arbitrary: fc.record({ does: fc.constantFrom('fail', 'restart'), replica }) },
) as fc.Arbitrary<Command>

/** A rare case: one replica reads, a lead arrives, and the other replica is faster. */
const overtaking: fc.Arbitrary<Command[]> = fc
  .record({ slow: replica, readers: fc.shuffledSubarray([0, 1, 2], { minLength: 3 }), pause: fc.constantFrom(0, 1, 4) })
  .map(({ slow, readers: [one = 0, two = 1, three = 2], pause }) => {
    const read = (reader: number, at: number): Command => ({
      does: 'read',
      reader,
      replica: at,
      limit: 5,
      repeat: null,
    })
    return [
      { does: 'wait', time: 6 * secondMs },
      { does: 'hold', replica: slow },
      read(one, slow),
      { does: 'wait', time: pause * secondMs },
      { does: 'arrive', age: 0, count: 1 },
      read(two, 1 - slow),
      read(three, slow),
      { does: 'release', replica: slow },
    ]
  })

interface Schedule {
  commands: Command[]
  /** The error of the second replica's clock. */
  skew: number
  /** The day at which each reader begins, as days before the present. Null: now. */
  from: (number | null)[]
}

const schedule: fc.Arbitrary<Schedule> = fc.record({
  commands: fc
    .array(fc.oneof({ weight: 9, arbitrary: command.map((one) => [one]) }, { weight: 1, arbitrary: overtaking }), {
      minLength: 3,
      maxLength: 45,
    })
    .map((parts) => parts.flat()),
  skew: fc.constantFrom(0, 0, 2 * secondMs, -2 * secondMs),
  from: fc.array(fc.constantFrom(null, 0, 1, 7), { minLength: 3, maxLength: 3 }),
})

interface Issued {
  cursor: string
  issuedAt: number
}

interface Reader {
  /** Days before the present. Null: now. */
  readonly from: number | null
  fromInstant: number
  cursors: Issued[]
  delivered: string[]
  /** The ticks between which it began. */
  began: [number, number]
  busy: boolean
}

const newReader = (from: number | null): Reader => ({
  from,
  fromInstant: 0,
  cursors: [],
  delivered: [],
  began: [0, 0],
  busy: false,
})

const turn = () => new Promise((resolve) => setImmediate(resolve))

const run = async (open: () => Store, { commands, skew, from }: Schedule): Promise<void> => {
  const world = createFeedWorld()
  const skews = [0, skew]
  const stores = skews.map(() => createRecordingStore(open(), world))
  const replicas = stores.map((store, index) => createReplica(world, store, skews[index]))
  const gates: (() => void)[] = []
  const readers = from.map(newReader)
  const faults: unknown[] = []
  const underWay = new Set<Promise<void>>()

  const release = (one: Replica) => {
    one.gate?.open()
    one.gate = null
  }

  const letGo = async (): Promise<void> => {
    for (const one of replicas) one.gate = null
    for (const open of gates.splice(0)) open()
    await turn()
    await Promise.all(underWay)
  }

  const read = async (reader: Reader, one: Replica, limit: number, repeat: number | null): Promise<void> => {
    const after = repeat === null ? reader.cursors.at(-1) : reader.cursors.at(-1 - repeat)
    if (repeat !== null && !after) return
    const goesOn = after === reader.cursors.at(-1)
    const fromDay = reader.from === null ? undefined : getDay(world.clock + one.skew - reader.from * dayMs)
    const started = { tick: world.tick++, clock: world.clock }
    const outcome = await readFeed(one, {
      limit,
      ...(after ? { after: after.cursor } : fromDay !== undefined && { from: fromDay }),
    }).catch((error: unknown) => error as Error)
    if (outcome instanceof Error) {
      if (isExpired(outcome)) {
        checkExpiry(world, reader, after as Issued, started.clock)
        // After this response it starts again.
        if (goesOn) Object.assign(reader, newReader(reader.from))
      } else if (outcome.message !== 'the upstream fails') throw outcome
      return
    }
    const { data, cursor } = outcome
    const ids = data.map(({ id }) => id)
    const ended = world.tick++
    if (!after) {
      reader.began = [started.tick, ended]
      reader.fromInstant = fromDay === undefined ? Number.POSITIVE_INFINITY : Date.parse(fromDay)
    }
    const first = after ? getSequence(after.cursor) : reader.from === null ? getSequence(cursor) : 0
    checkSlice(world, reader, world.loggedEntries.slice(first, getSequence(cursor)), ids, started.clock, limit)
    if (!goesOn) return
    reader.delivered.push(...ids)
    // The cursor has the position of the log at the time of the reading, even if the response took longer.
    reader.cursors.push({ cursor, issuedAt: started.clock })
    expect(new Set(reader.delivered).size, 'no lead twice').toBe(reader.delivered.length)
  }

  const begin = async (reader: Reader, one: Replica, limit: number, repeat: number | null) => {
    if (reader.busy) return
    reader.busy = true
    const reading = read(reader, one, limit, repeat)
      .catch((error: unknown) => {
        faults.push(error)
      })
      .finally(() => {
        reader.busy = false
        underWay.delete(reading)
      })
    underWay.add(reading)
    await turn()
  }

  const obey = async (order: Command): Promise<void> => {
    if (order.does === 'wait') {
      // No reading lasts an hour.
      if (order.time >= hourMs) await letGo()
      world.clock += order.time
    } else if (order.does === 'arrive') for (let n = 0; n < order.count; n += 1) arrive(world, order.age)
    else if (order.does === 'delete') remove(world, order.which)
    else if (order.does === 'read') {
      await begin(readers[order.reader] as Reader, replicas[order.replica] as Replica, order.limit, order.repeat)
    } else {
      const one = replicas[order.replica] as Replica
      if (order.does === 'fail') one.failures += 1
      if (order.does === 'hold') one.gate ??= newGate(gates)
      if (order.does === 'release') release(one)
      if (order.does === 'restart') {
        // Operations of the old process that were in progress may still reach the store.
        stores[order.replica] = createRecordingStore(open(), world)
        replicas[order.replica] = createReplica(world, stores[order.replica] as Store, one.skew)
      }
      await turn()
    }
  }

  for (const order of commands) {
    await obey(order)
    if (faults.length > 0) throw faults[0]
  }
  await letGo()
  for (const one of replicas) one.failures = 0
  world.clock += 10 * secondMs
  for (const reader of readers) {
    if (reader.cursors.length === 0) continue
    const { cursors } = reader
    for (
      let before = -1;
      cursors === reader.cursors && before < reader.cursors.length && reader.delivered.length < 500;
    ) {
      before = reader.cursors.length
      const count = reader.delivered.length
      await begin(reader, replicas[before % 2] as Replica, 50, null)
      await Promise.all(underWay)
      if (faults.length > 0) throw faults[0]
      if (reader.delivered.length === count) break
    }
    if (cursors === reader.cursors) checkWhole(world, reader)
  }
  checkLog(world)
  if (faults.length > 0) throw faults[0]
}

const newGate = (gates: (() => void)[]): NonNullable<Replica['gate']> => {
  const { promise, resolve } = Promise.withResolvers<void>()
  gates.push(resolve)
  return { opened: promise, open: resolve }
}

const isExpired = (error: unknown): boolean => isProblem(error) && error.code === 'cursor-expired'

const getDay = (instant: number): string => new Date(instant).toISOString().slice(0, 10)

const arrive = (world: FeedWorld, age: number | null): void => {
  const createdAt = age === null ? null : Math.floor((world.clock - age) / secondMs) * secondMs
  world.rows.push({ id: `lead-${world.rows.length}`, createdAt, arrivedAt: world.tick++, deletedAt: null })
}

const remove = (world: FeedWorld, which: number): void => {
  const row = world.rows[which % Math.max(1, world.rows.length)]
  if (row) row.deletedAt ??= world.clock
}

const getRow = (world: FeedWorld, id: string): Row => world.rows[Number(id.slice(5))] as Row

/** Between two cursors, a reader gets every lead that still exists, in order, and no lead that was deleted long ago. */
const checkSlice = (
  world: FeedWorld,
  reader: Reader,
  entries: LogEntry[],
  ids: string[],
  startedAt: number,
  limit: number,
): void => {
  expect(ids.length).toBeLessThanOrEqual(limit)
  const order = entries.map(({ id }) => id)
  expect(ids, 'in the order of the log').toEqual(order.filter((id) => ids.includes(id)))
  const skipped = order.filter((id) => !ids.includes(id) && getRow(world, id).deletedAt === null)
  expect(skipped.filter((id) => isOwed(world, reader, getRow(world, id)))).toEqual([])
  for (const id of ids) {
    const { deletedAt } = getRow(world, id)
    expect(deletedAt ?? Number.POSITIVE_INFINITY, `${id} is long gone`).toBeGreaterThan(startedAt - 5 * secondMs)
  }
}

/** Entries after an expired cursor are no longer in the log. A new reader has days before its cursor expires. */
const checkExpiry = (world: FeedWorld, { cursors }: Reader, { cursor, issuedAt }: Issued, startedAt: number): void => {
  const memory = world.clock - 2 * lookBackMs - 4 * secondMs
  const after = world.loggedEntries.slice(getSequence(cursor))
  expect(after.filter(({ firstSeenAt }) => firstSeenAt < memory)).not.toEqual([])
  if (cursor === cursors[0]?.cursor) expect(startedAt - issuedAt).toBeGreaterThan(lookBackMs - 2 * dayMs)
}

/** A reader that began at a day need not get older leads that existed before. */
const isOwed = (world: FeedWorld, { from, fromInstant, began }: Reader, { id, createdAt }: Row): boolean => {
  const seenBefore = world.readings.some(({ startedAt, ids }) => startedAt < began[1] && ids.has(id))
  if (!seenBefore) return true
  // If the time of a lead is unreadable, the time of its first reading counts.
  const time = createdAt ?? world.loggedEntries.find((entry) => entry.id === id)?.firstSeenAt ?? 0
  return from !== null && time >= fromInstant
}

/** At the end, a reader has every existing lead that was first read after the reader began. */
const checkWhole = (world: FeedWorld, reader: Reader): void => {
  const seen = new Set(world.readings.flatMap(({ ids }) => [...ids]))
  const owed = world.rows.filter((row) => row.deletedAt === null && seen.has(row.id) && isOwed(world, reader, row))
  expect(owed.map(({ id }) => id).filter((id) => !reader.delivered.includes(id))).toEqual([])
  // It also lacks leads that existed before and are older than the day at which it began.
  const known = world.readings.filter(({ endedAt }) => endedAt < reader.began[0]).flatMap(({ ids }) => [...ids])
  const unwanted = new Set(known.filter((id) => !isOwed(world, reader, getRow(world, id))))
  expect(reader.delivered.filter((id) => unwanted.has(id))).toEqual([])
}

/** Every lead of a complete reading is in the log exactly once. */
const checkLog = ({ loggedEntries, readings }: FeedWorld): void => {
  expect(loggedEntries.map(({ seq }) => seq)).toEqual(loggedEntries.map((_, index) => index + 1))
  const logged = loggedEntries.map(({ id }) => id)
  expect(new Set(logged).size).toBe(logged.length)
  expect(new Set(readings.flatMap(({ ids }) => [...ids])).difference(new Set(logged))).toEqual(new Set())
}

// The long run takes half a minute, and longer beside other tests.
test('random schedules of two replicas and three readers lose no lead', { timeout: 300_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(schedule, async (one) => {
      const store = createMemoryStore()
      await run(() => store, one)
    }),
    createRunOptions(3_000, { seed: 20261121, endOnFailure: false }),
  )
})

test('60 random schedules with restarts lose no lead in the file store', async () => {
  await fc.assert(
    fc.asyncProperty(schedule, async (one) => {
      const path = createPath()
      const opened: Store[] = []
      try {
        await run(() => {
          const store = openSqliteStore(path)
          opened.push(store)
          return store
        }, one)
      } finally {
        for (const store of opened) await store.close()
        rmSync(path, { force: true })
      }
    }),
    createRunOptions(60, { seed: 20261122 }),
  )
})
