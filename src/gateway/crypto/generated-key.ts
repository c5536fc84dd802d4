import { randomBytes } from 'node:crypto'
import { setTimeout as wait } from 'node:timers/promises'
import { StoreUnavailable, type ValueStore } from '#src/store/store.ts'

/**
 * Milliseconds between two tries. A call of the store ends early, for requests that wait for it; a process that starts has
 * time, and nothing to do without its keys. A store that starts at the same time is there within seconds, and found at
 * the next attempt to connect: those are up to two seconds apart.
 */
const defaultPausesMs: readonly number[] = [250, 500, 1_000, 2_000, 2_500]

/** A key that the store keeps for all processes: the first one that asks for it draws it. */
export const loadOrCreateKey = async (store: ValueStore, name: string, pausesMs = defaultPausesMs): Promise<string> => {
  for (const pause of pausesMs) {
    try {
      return await createKeyOnce(store, name)
    } catch (error) {
      if (!(error instanceof StoreUnavailable)) throw error
      await wait(pause)
    }
  }
  return createKeyOnce(store, name)
}

const createKeyOnce = async (store: ValueStore, name: string): Promise<string> => {
  await store.setIfAbsent(name, randomBytes(32).toString('base64'))
  return (await store.get(name)) as string
}
