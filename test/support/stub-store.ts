import { createMemoryStore } from '#src/store/memory/index.ts'
import { type Store, StoreUnavailable } from '#src/store/store.ts'

export interface StubStore {
  store: Store
  /** The names of the called operations, in order. */
  calls: string[]
  /** The operations that fail from now on. An empty list: all work. */
  fail(...names: (keyof Store)[]): void
}

/** A store in memory that records its operations and can fail. */
export const createStubStore = (now?: () => number): StubStore => {
  const memory = createMemoryStore(now)
  const calls: string[] = []
  let failing: readonly string[] = []
  const watchedStore = Object.entries(memory).map(([name, operation]) => [
    name,
    async (...args: never[]) => {
      calls.push(name)
      if (failing.includes(name)) throw new StoreUnavailable('lost')
      return (operation as (...args: never[]) => unknown)(...args)
    },
  ])
  return {
    store: Object.fromEntries(watchedStore) as Store,
    calls,
    fail: (...names) => {
      failing = names
    },
  }
}
