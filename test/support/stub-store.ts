import { createMemoryStore } from '#src/store/memory/index.ts'
import { type Store, StoreUnavailable } from '#src/store/store.ts'

export interface StubStore {
  store: Store
  /** Names of the operations that were asked for, in order. */
  calls: string[]
  /** From now on operations of these names fail; of none: all work. */
  fail(...names: (keyof Store)[]): void
}

/** A store in memory that counts what it is asked for, and can be lost. */
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
