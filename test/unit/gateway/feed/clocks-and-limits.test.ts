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

const idsOf = ({ data }: { data: { id: string }[] }): string[] => data.map(({ id }) => id)

describe('clocks', () => {
  test('one that is set back by an hour silences no feed', async () => {
    const replica = createReplica(world, store)
    const { cursor } = await readFeed(replica, {})
    world.clock -= hourMs
    const id = arrive(world.clock)
    expect(idsOf(await readFeed(replica, { after: cursor }))).toEqual([id])
    world.rows[0] = { ...(world.rows[0] as FeedWorld['rows'][0]), deletedAt: world.clock }
    world.clock -= hourMs
    expect(idsOf(await readFeed(replica, { after: cursor }))).toEqual([])
  })

  test('a lead that only a replica ahead of us reads is given by all', async () => {
    const [ahead, behind] = [createReplica(world, store, hourMs), createReplica(world, store)]
    const { cursor } = await readFeed(behind, {})
    const id = arrive(world.clock + dayMs + hourMs / 2)
    world.clock += 6 * secondMs
    expect(idsOf(await readFeed(ahead, { after: cursor }))).toEqual([id])
    expect(idsOf(await readFeed(behind, { after: cursor }))).toEqual([id])
  })
})

test('a lead of a visitor whose clock is an hour fast comes at once', async () => {
  const replica = createReplica(world, store)
  const { cursor } = await readFeed(replica, {})
  const id = arrive(world.clock + hourMs)
  world.clock += 6 * secondMs
  expect(idsOf(await readFeed(replica, { after: cursor }))).toEqual([id])
})

test('what was signed for one purpose is nothing for another', () => {
  const signer = createSigner([Buffer.alloc(32, 1)])
  const text = signer.sign('feed cursor', [1])
  expect(signer.open('feed cursor', text)).toEqual([1])
  expect(signer.open('feed ticket', text)).toBeNull()
})

test('a lead whose time cannot be read counts from when it was first seen, for who begins at a day', async () => {
  const replica = createReplica(world, store)
  await readFeed(replica, {})
  const early = arrive(null)
  world.clock += 6 * secondMs
  await readFeed(replica, {})
  world.clock += 3 * dayMs
  const late = arrive(null)
  const beginAt = (back: number) => new Date(world.clock - back).toISOString().slice(0, 10)
  expect(idsOf(await readFeed(replica, { from: beginAt(dayMs) }))).toEqual([late])
  expect(idsOf(await readFeed(replica, { from: beginAt(5 * dayMs) }))).toEqual([early, late])
})

test('however many leads were deleted, one call of the feed reads the upstream no more than it must', async () => {
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
