import { beforeEach, describe, expect, test } from 'vitest'
import { createSigner } from '#src/gateway/crypto/signing.ts'
import { createMemoryStore } from '#src/store/memory/index.ts'
import type { Store } from '#src/store/store.ts'
import {
  createFeedWorld,
  createReplica,
  dayMs,
  type FeedWorld,
  hourMs,
  readFeed,
  secondMs,
} from '../../../support/feed-world.ts'

let world: FeedWorld
let store: Store

beforeEach(() => {
  world = createFeedWorld()
  store = createMemoryStore(() => world.clock)
})

const arrive = (createdAt: number | null): string => {
  const id = `lead-${world.rows.length}`
  world.rows.push({ id, createdAt, arrivedAt: world.tick++, deletedAt: null })
  return id
}

const getIds = ({ data }: { data: { id: string }[] }): string[] => data.map(({ id }) => id)

describe('clock differences', () => {
  test('a clock that is set back by an hour does not stop a feed', async () => {
    const replica = createReplica(world, store)
    const { cursor } = await readFeed(replica, {})
    world.clock -= hourMs
    const id = arrive(world.clock)
    expect(getIds(await readFeed(replica, { after: cursor }))).toEqual([id])
    world.rows[0] = { ...(world.rows[0] as FeedWorld['rows'][0]), deletedAt: world.clock }
    world.clock -= hourMs
    expect(getIds(await readFeed(replica, { after: cursor }))).toEqual([])
  })

  test('every replica delivers a lead that only a replica with a fast clock can see', async () => {
    const [ahead, behind] = [createReplica(world, store, hourMs), createReplica(world, store)]
    const { cursor } = await readFeed(behind, {})
    const id = arrive(world.clock + dayMs + hourMs / 2)
    world.clock += 6 * secondMs
    expect(getIds(await readFeed(ahead, { after: cursor }))).toEqual([id])
    expect(getIds(await readFeed(behind, { after: cursor }))).toEqual([id])
  })
})

test('a lead from a device whose clock is an hour fast is delivered immediately', async () => {
  const replica = createReplica(world, store)
  const { cursor } = await readFeed(replica, {})
  const id = arrive(world.clock + hourMs)
  world.clock += 6 * secondMs
  expect(getIds(await readFeed(replica, { after: cursor }))).toEqual([id])
})

test('a text signed for one purpose is rejected for another', () => {
  const signer = createSigner([Buffer.alloc(32, 1)])
  const text = signer.sign('feed cursor', [1])
  expect(signer.open('feed cursor', text)).toEqual([1])
  expect(signer.open('feed ticket', text)).toBeNull()
})

test('for a feed that starts at a day, a lead without a readable time counts from its first sighting', async () => {
  const replica = createReplica(world, store)
  await readFeed(replica, {})
  const early = arrive(null)
  world.clock += 6 * secondMs
  await readFeed(replica, {})
  world.clock += 3 * dayMs
  const delayed = arrive(null)
  const beginAt = (back: number) => new Date(world.clock - back).toISOString().slice(0, 10)
  expect(getIds(await readFeed(replica, { from: beginAt(dayMs) }))).toEqual([delayed])
  expect(getIds(await readFeed(replica, { from: beginAt(5 * dayMs) }))).toEqual([early, delayed])
})

test('a feed call makes no additional upstream calls, however many leads were deleted', async () => {
  const replica = createReplica(world, store)
  const { cursor } = await readFeed(replica, {})
  for (let count = 0; count < 500; count += 1) arrive(world.clock)
  world.clock += 6 * secondMs
  await readFeed(replica, { limit: 1 })
  for (const row of world.rows) row.deletedAt = world.clock
  replica.streams.length = 0
  world.clock += 6 * secondMs
  const { data } = await readFeed(replica, { after: cursor, limit: 10 })
  expect(data).toEqual([])
  expect(replica.streams.length).toBeLessThanOrEqual(2)
})
