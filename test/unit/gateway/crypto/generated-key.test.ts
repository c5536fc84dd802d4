/** The keys in the store are read first. A start waits for a slow store, but not forever. */
import { expect, test } from 'vitest'
import { loadOrCreateKey } from '#src/gateway/crypto/generated-key.ts'
import { createMemoryStore } from '#src/store/memory/index.ts'
import { type Store, StoreUnavailable } from '#src/store/store.ts'

const pauses = [0, 0, 0]

/** A store whose first calls fail. `isDone`: the operation takes effect nevertheless. */
const failingFirst = (
  store: Store,
  failures: number,
  { isDone = false, error = new StoreUnavailable('lost') as Error } = {},
) => {
  let calls = 0
  const guard =
    <Args extends unknown[], Result>(step: (...args: Args) => Promise<Result>) =>
    async (...args: Args): Promise<Result> => {
      calls += 1
      if (calls > failures) return step(...args)
      if (isDone) await step(...args)
      throw error
    }
  const { setIfAbsent, get } = store
  return { store: { ...store, setIfAbsent: guard(setIfAbsent), get: guard(get) }, calls: () => calls }
}

test.each([false, true])('a store that fails twice and then works; its first calls took effect: %s', async (isDone) => {
  const memory = createMemoryStore()
  const { store } = failingFirst(memory, 2, { isDone })
  const key = await loadOrCreateKey(store, 'a key', pauses)
  expect(Buffer.from(key, 'base64').length).toBe(32)
  expect(await loadOrCreateKey(memory, 'a key', pauses)).toBe(key)
})

test('an unreachable store is tried once more after each pause', async () => {
  const { store, calls } = failingFirst(createMemoryStore(), Number.POSITIVE_INFINITY)
  await expect(loadOrCreateKey(store, 'a key', pauses)).rejects.toThrow(StoreUnavailable)
  expect(calls()).toBe(pauses.length + 1)
})

test('an internal error is not retried', async () => {
  const error = new TypeError('a defect')
  const { store, calls } = failingFirst(createMemoryStore(), 1, { error })
  await expect(loadOrCreateKey(store, 'a key', pauses)).rejects.toBe(error)
  expect(calls()).toBe(1)
})
