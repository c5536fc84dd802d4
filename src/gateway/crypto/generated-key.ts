import { randomBytes } from 'node:crypto'
import { setTimeout as wait } from 'node:timers/promises'
import { StoreUnavailable, type ValueStore } from '#src/store/store.ts'

/**
 * Milliseconds between attempts. A process cannot start without its keys, so it waits longer than a request would.
 * A store that starts at the same time is reachable within seconds; reconnects are up to two seconds apart.
 */
const defaultPausesMs: readonly number[] = [250, 500, 1_000, 2_000, 2_500]

/** Returns the configured keys (32 bytes, base64), or else the generated key `name` of the store. */
export const loadKeys = async (
  configured: readonly string[],
  store: ValueStore,
  name: string,
): Promise<[Buffer, ...Buffer[]]> => {
  const [first = await loadOrCreateKey(store, name), ...others] = configured
  return [Buffer.from(first, 'base64'), ...others.map((key) => Buffer.from(key, 'base64'))]
}

/** Returns a random key that all processes of a store share. The first process creates it. */
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
