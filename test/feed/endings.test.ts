/** Live streams end with the credentials that opened them. */
import { expect, test } from 'vitest'
import type { Caller } from '#src/access.ts'
import { allGrants } from '#src/access.ts'
import { createReading } from '#src/gateway/cache/reading.ts'
import { createMemoryStore } from '#src/store/memory.ts'
import { createReplica, createWorld } from './support/world.ts'

const caller: Caller = { tenant: 't', client: 'c', scopes: new Set(), grants: allGrants }

const listen = async (feed: ReturnType<typeof createReplica>['feed'], more: Partial<Caller> = {}) => {
  const { signal } = new AbortController()
  const call = { caller: { ...caller, ...more }, signal, includeSource: false, reading: createReading() }
  const events: string[] = []
  const stream = await feed.listen({ brokerageId: 'b1' }, call)
  const done = (async () => {
    for await (const { kind } of stream) events.push(kind)
  })()
  await expect.poll(() => events).toContain('idle')
  return { events, done }
}

test('a token’s end ends its stream, with the word to come again', async () => {
  const { feed } = createReplica(createWorld(), createMemoryStore())
  const { events, done } = await listen(feed, { expiresAt: Date.UTC(1970) })
  await done
  expect(events.at(-1)).toBe('closing')
})

test('after a change of who may call every listener has to come again; and may, if he still is one', async () => {
  const { feed } = createReplica(createWorld(), createMemoryStore())
  const { events, done } = await listen(feed)
  feed.recheck()
  await done
  expect(events.at(-1)).toBe('closing')
  const again = await listen(feed)
  expect(again.events).toEqual(['idle'])
  feed.close()
  await again.done
})
