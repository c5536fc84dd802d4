/** Live streams end when the credentials expire that opened them. */
import { expect, test } from 'vitest'
import type { Caller } from '#src/access-control.ts'
import { allGrants } from '#src/access-control.ts'
import { createRequestCache } from '#src/gateway/cache/request-cache.ts'
import { createMemoryStore } from '#src/store/memory/index.ts'
import { createFeedWorld, createReplica } from '../../../support/feed-world.ts'

const caller: Caller = { tenant: 't', client: 'c', scopes: new Set(), grants: allGrants }

const open = async (world = createFeedWorld(), query = {}) => {
  const { feed } = createReplica(
    world,
    createMemoryStore(() => world.clock),
  )
  const { signal } = new AbortController()
  const credentials = new AbortController()
  const call = {
    caller,
    signal,
    expirySignal: credentials.signal,
    includeSource: false,
    includeProperty: false,
    requestCache: createRequestCache(),
  }
  return { credentials, stream: await feed.listen({ brokerageId: 'b1', ...query }, call) }
}

test('the stream ends with a closing event when the client must authenticate again', async () => {
  const events: string[] = []
  const { credentials, stream } = await open()
  const done = (async () => {
    for await (const { kind } of stream) events.push(kind)
  })()
  await expect.poll(() => events).toContain('idle')
  credentials.abort()
  await done
  expect(events.at(-1)).toBe('closing')
})

test('no lead is delivered after that, even if more were read', async () => {
  const world = createFeedWorld()
  for (let number = 0; number < 20; number += 1) {
    const createdAt = world.clock - number * 60_000
    world.rows.push({ id: `r${number}`, name: `Visitor ${number}`, createdAt, arrivedAt: 0, deletedAt: null })
  }
  const from = new Date(world.clock - 2 * 86_400_000).toISOString().slice(0, 10)
  const { credentials, stream } = await open(world, { from })
  const events: string[] = []
  for await (const { kind } of stream) {
    events.push(kind)
    if (events.filter((each) => each === 'lead').length === 3) credentials.abort()
  }
  expect(events).toEqual(['idle', 'lead', 'lead', 'lead', 'closing'])
})
