/** Live streams end with the credentials that opened them. */
import { expect, test } from 'vitest'
import type { Caller } from '#src/access.ts'
import { allGrants } from '#src/access.ts'
import { createReading } from '#src/gateway/cache/reading.ts'
import { createMemoryStore } from '#src/store/memory.ts'
import { createReplica, createWorld } from '../../../support/feed-world.ts'

const caller: Caller = { tenant: 't', client: 'c', scopes: new Set(), grants: allGrants }

test('when the client must authenticate again, its stream ends with the word to come again', async () => {
  const { feed } = createReplica(createWorld(), createMemoryStore())
  const { signal } = new AbortController()
  const credentials = new AbortController()
  const call = { caller, signal, ended: credentials.signal, includeSource: false, reading: createReading() }
  const events: string[] = []
  const stream = await feed.listen({ brokerageId: 'b1' }, call)
  const done = (async () => {
    for await (const { kind } of stream) events.push(kind)
  })()
  await expect.poll(() => events).toContain('idle')
  credentials.abort()
  await done
  expect(events.at(-1)).toBe('closing')
})
