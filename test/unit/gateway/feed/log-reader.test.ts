/** The guarantees for a reader of a feed if logs are lost, restored or trimmed. */
import { beforeEach, expect, test } from 'vitest'
import { createMemoryStore } from '#src/store/memory/index.ts'
import type { Store } from '#src/store/store.ts'
import {
  createFeedWorld,
  createReplica,
  dayMs,
  type FeedWorld,
  hourMs,
  lookBackMs,
  readFeed,
  secondMs,
} from '../../../support/feed-world.ts'

let world: FeedWorld
let store: Store

/** The store of all replicas. A test can replace it. */
const shared = new Proxy({} as Store, { get: (_target, name) => Reflect.get(store, name) })

const newStore = () => createMemoryStore(() => world.clock)

beforeEach(() => {
  world = createFeedWorld()
  store = newStore()
})

const arrive = (createdAt = world.clock): string => {
  const id = `lead-${world.rows.length}`
  world.rows.push({ id, createdAt, arrivedAt: world.tick++, deletedAt: null })
  return id
}

const getIds = ({ data }: { data: { id: string }[] }): string[] => data.map(({ id }) => id)

const logName = JSON.stringify(['feed', 't', 'brokerage', 'b1'])

const expired = expect.objectContaining({ code: 'cursor-expired' })

test('a cursor ahead of the log is expired, because a restored store assigns its positions again', async () => {
  const replica = createReplica(world, shared)
  const { cursor: start } = await readFeed(replica, {})
  const backup = await store.getLogState(logName)
  arrive()
  world.clock += 6 * secondMs
  const { cursor } = await readFeed(replica, { after: start })
  expect(await readFeed(replica, { after: cursor })).toMatchObject({ data: [] })

  const restored = store
  store = { ...restored, getLogState: async () => backup, readLog: async () => [] }
  await expect(readFeed(replica, { after: cursor })).rejects.toEqual(expired)
  expect(await readFeed(replica, { after: start })).toMatchObject({ data: [] })
})

test('a lead of a recreated log is delivered, even if the last poll of the earlier log did not include it', async () => {
  const [one, other] = [createReplica(world, shared), createReplica(world, shared)]
  for (let count = 0; count < 3; count += 1) arrive()
  // The second poll uses the log that the first one created.
  for (let poll = 0; poll < 2; poll += 1) {
    world.clock += 6 * secondMs
    await readFeed(one, {})
  }
  world.clock += secondMs

  store = newStore()
  for (const row of world.rows) row.deletedAt = world.clock
  const delayed = arrive()
  await readFeed(other, {})
  const today = new Date(world.clock).toISOString().slice(0, 10)
  expect(getIds(await readFeed(one, { from: today }))).toEqual([delayed])
})

test.for([0, 3, 6])('an id that was forgotten is not brought back by a clock that is %i days behind', async (days) => {
  const [replica, delayed] = [createReplica(world, shared), createReplica(world, shared, -days * dayMs)]
  await readFeed(replica, {})
  // The clock of the visitor's tablet is one day fast: such a lead stays in the look-back longest.
  arrive(world.clock + dayMs)
  world.clock += 6 * secondMs
  await readFeed(replica, {})
  for (let passed = 0; passed < lookBackMs + 25 * hourMs + 8 * dayMs; passed += dayMs / 2) {
    world.clock += dayMs / 2
    for (const one of [replica, delayed]) await readFeed(one, {})
  }
  expect(await store.getLogState(logName)).toMatchObject({ lastSeq: 1, trimmedTo: 1 })
})
