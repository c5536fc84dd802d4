import { expect, vi } from 'vitest'
import { type Store, StoreUnavailable } from '#src/store/store.ts'
import { type RedisServer, startRedis } from '../redis.ts'
import { sightings } from './sightings.ts'
import { doLater } from './temporary.ts'

/** Cleared away when the test is over. */
export const started = async (settings?: readonly string[]): Promise<RedisServer> => {
  const server = await startRedis(settings)
  doLater(server.close)
  return server
}

/** Ten times what a call may cost, for busy machines; a client that is not tuned takes over nine seconds. */
const boundMs = 3000

export const everyCall = (store: Store): (() => Promise<unknown>)[] => [
  () => store.get('key'),
  () => store.set('key', 'value', 1000),
  () => store.setIfAbsent('key', 'value'),
  () => store.extendIfEqual('key', 'value', 1000),
  () => store.deleteIfEqual('key', 'value'),
  () => store.replaceIfEqual('key', 'value', 'other'),
  () => store.take('key'),
  () => store.putRecord('collection', 'id', 'value'),
  () => store.record('collection', 'id'),
  () => store.records('collection'),
  () => store.replaceRecord('collection', 'id', 'value', 'other'),
  () => store.removeRecord('collection', 'id'),
  () => store.draw('budget', 1, 10, 1000),
  () => store.drawn('budget'),
  () => store.appendNew('log', sightings(['a']), 1),
  () => store.readLog('log', 0, 10),
  () => store.logState('log'),
  () => store.trimLog('log', { firstSeenAt: 1, createdAt: 1 }),
]

export const failureOf = async (call: () => Promise<unknown>): Promise<unknown> => {
  const begunAt = performance.now()
  const outcome = await call().catch((error: unknown) => error)
  expect(performance.now() - begunAt).toBeLessThan(boundMs)
  return outcome
}

export const expectEveryCallToFail = async (store: Store): Promise<void> => {
  for (const call of everyCall(store)) {
    const failure = await failureOf(call)
    expect(failure).toBeInstanceOf(StoreUnavailable)
    expect((failure as StoreUnavailable).cause).toBeInstanceOf(Error)
  }
}

export const expectRecovery = (store: Store): Promise<void> =>
  vi.waitFor(async () => expect(await store.drawn('untouched')).toBe(0), { timeout: 20_000, interval: 20 })
