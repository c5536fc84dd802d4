import { expect } from 'vitest'
import { type Store, StoreUnavailable } from '#src/store/store.ts'
import { type RedisServer, startRedis } from '../redis.ts'
import { createSightings } from './sightings.ts'
import { addCleanup } from './temporary.ts'

/** Removes it after the test. */
export const startRedisStore = async (settings?: readonly string[]): Promise<RedisServer> => {
  const server = await startRedis(settings)
  addCleanup(server.close)
  return server
}

/** Ten times the maximum duration of a call, for busy machines. An untuned client takes more than nine seconds. */
const maxCallMs = 3000

export const listCalls = (store: Store): (() => Promise<unknown>)[] => [
  () => store.get('key'),
  () => store.set('key', 'value', 1000),
  () => store.setIfAbsent('key', 'value'),
  () => store.extendIfEqual('key', 'value', 1000),
  () => store.deleteIfEqual('key', 'value'),
  () => store.replaceIfEqual('key', 'value', 'other'),
  () => store.take('key'),
  () => store.putRecord('collection', 'id', 'value'),
  () => store.getRecord('collection', 'id'),
  () => store.listRecords('collection'),
  () => store.replaceRecord('collection', 'id', 'value', 'other'),
  () => store.removeRecord('collection', 'id'),
  () => store.draw('budget', 1, 10, 1000),
  () => store.getDrawn('budget'),
  () => store.appendNew('log', createSightings(['a']), 1),
  () => store.readLog('log', 0, 10),
  () => store.findLogEntry('log', 'a'),
  () => store.getLogState('log'),
  () => store.trimLog('log', { firstSeenAt: 1, createdAt: 1 }),
]

export const getFailure = async (call: () => Promise<unknown>): Promise<unknown> => {
  const startedAt = performance.now()
  const outcome = await call().catch((error: unknown) => error)
  expect(performance.now() - startedAt).toBeLessThan(maxCallMs)
  return outcome
}

export const expectEveryCallToFail = async (store: Store): Promise<void> => {
  for (const call of listCalls(store)) {
    const failure = await getFailure(call)
    expect(failure).toBeInstanceOf(StoreUnavailable)
    expect((failure as StoreUnavailable).cause).toBeInstanceOf(Error)
  }
}

export const expectRecovery = (store: Store): Promise<void> => expect.poll(() => store.getDrawn('untouched')).toBe(0)
