/** Two visitors may have one id upstream. The feed returns each of them once. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createMemoryStore } from '#src/store/memory/index.ts'
import { createFeedWorld, createReplica, type FeedWorld, lookBackMs, readFeed } from '../../../support/feed-world.ts'
import { createRunOptions } from '../../../support/properties.ts'

const minute = 60_000

/** A simulated upstream whose visitors all have the id `x`, or the given one. */
const openFeed = () => {
  const world = createFeedWorld()
  const replica = createReplica(
    world,
    createMemoryStore(() => world.clock),
  )
  let cursor: string | undefined
  return {
    world,
    sees: (name: string, createdAt: number | null, id = 'x') =>
      world.rows.push({ id, name, createdAt, arrivedAt: 0, deletedAt: null }),
    deletes: (name: string) => {
      for (const row of world.rows) if (row.name === name) row.deletedAt = 0
    },
    /** The names of the leads that arrived since the last call. */
    read: async (after = cursor): Promise<string[]> => {
      world.clock += minute
      const from = new Date(world.clock - lookBackMs).toISOString().slice(0, 10)
      const reply = await readFeed(replica, after === undefined ? { from } : { after })
      cursor = reply.cursor
      return reply.data.map(({ fullName }) => fullName as string)
    },
    readFromTheBeginning: async () => {
      const from = new Date(world.clock - lookBackMs).toISOString().slice(0, 10)
      return (await readFeed(replica, { from, limit: 200 })).data.map(({ fullName }) => fullName as string)
    },
  }
}

const at = (world: FeedWorld, minutes: number) => world.clock - minutes * minute

test.for<[string, { first: number | null; second: number | null }]>([
  ['that came at different times', { first: 90, second: 60 }],
  ['that came at the same time', { first: 90, second: 90 }],
  ['whose times cannot be read', { first: null, second: null }],
])('two visitors %s are delivered once each', async ([, { first, second }]) => {
  const { world, sees, read } = openFeed()
  sees('Ada', first && at(world, first))
  sees('Ben', second && at(world, second))
  sees('Cyd', at(world, 30), 'y')
  expect((await read()).toSorted()).toEqual(['Ada', 'Ben', 'Cyd'])
  expect(await read()).toEqual([])
})

test.for<[string, { first: number; second: number }]>([
  ['that is newer', { first: 90, second: 60 }],
  ['that is dated back', { first: 60, second: 90 }],
])('a second visitor %s is delivered alone if the first one was delivered before', async ([, { first, second }]) => {
  const { world, sees, read } = openFeed()
  sees('Ada', at(world, first))
  expect(await read()).toEqual(['Ada'])
  sees('Ben', at(world, second))
  expect(await read()).toEqual(['Ben'])
  expect(await read()).toEqual([])
})

test('a visitor of the same second is never lost, though the other one may be delivered twice', async () => {
  const { world, sees, read } = openFeed()
  const time = at(world, 60)
  sees('Ada', time)
  await read()
  sees('Ben', time)
  expect(await read()).toContain('Ben')
  expect(await read()).toEqual([])
})

test('deleting one of them does not deliver the other one again', async () => {
  const { world, sees, deletes, read } = openFeed()
  sees('Ada', at(world, 90))
  sees('Ben', at(world, 60))
  await read()
  deletes('Ada')
  expect(await read()).toEqual([])
})

test('identical records of one id are one lead', async () => {
  const { world, sees, read } = openFeed()
  const time = at(world, 60)
  sees('Ada', time)
  sees('Ada', time)
  expect(await read()).toEqual(['Ada'])
})

test('in any order of arrival, each visitor is delivered at least once, and exactly once if the times differ', async () => {
  const visitors = fc.array(fc.record({ id: fc.constantFrom('x', 'y'), time: fc.integer({ min: 1, max: 4 }) }), {
    maxLength: 6,
  })
  const property = fc.asyncProperty(visitors, fc.array(fc.boolean()), async (arriving, reads) => {
    const { world, sees, read, readFromTheBeginning } = openFeed()
    const start = world.clock
    const given: string[] = []
    for (const [index, { id, time }] of arriving.entries()) {
      sees(`${index}`, start - time * minute, id)
      if (reads[index]) given.push(...(await read()))
    }
    given.push(...(await read()))
    const names = arriving.map((_, index) => `${index}`)
    expect(new Set(given)).toEqual(new Set(names))
    expect(new Set(await readFromTheBeginning())).toEqual(new Set(names))
    const moments = new Set(arriving.map(({ id, time }) => `${id} ${time}`))
    if (moments.size === arriving.length) expect(given.toSorted()).toEqual(names.toSorted())
    expect(await read()).toEqual([])
  })
  await fc.assert(property, createRunOptions(200))
})
