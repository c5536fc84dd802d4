/**
 * FLUSHALL in the middle of an hour: running replicas write back the reserved calls, and the hour is not granted again.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openStore } from '#src/store/index.ts'
import type { Store } from '#src/store/store.ts'
import { createSpacioRequester } from '#src/upstreams/spacio/request.ts'
import { createTransport, type Transport } from '#src/upstreams/transport/index.ts'
import { type RedisServer, skipsRedis, startRedis } from '../../support/redis.ts'
import { createAnswer, type Stub, startStub } from '../../support/stub.ts'

const cap = 300
const limit = 285
/** So that no test runs into the next hour. */
const now = () => new Date('2026-03-15T12:00:00Z')

describe.skipIf(skipsRedis)('Redis is emptied', () => {
  let redis: RedisServer
  let stub: Stub
  const stores: Store[] = []
  const transports: Transport[] = []

  beforeAll(async () => {
    redis = await startRedis()
    stub = await startStub(createAnswer({ sid: 1 }))
  })

  afterAll(async () => {
    await Promise.all(transports.map(({ close }) => close()))
    await Promise.all(stores.map(({ close }) => close()))
    await stub.close()
    await redis.close()
  })

  const startReplica = () => {
    const store = openStore(redis.url, Date.now)
    const transport = createTransport({ ledger: store, maxReplicas: 3, now, monotonic: () => performance.now() })
    stores.push(store)
    transports.push(transport)
    const account = { tenant: 't', baseUrl: stub.url, apiKey: 'shared', hourlyBudget: cap }
    const ask = createSpacioRequester(account, transport.send, now)
    return async (calls: number): Promise<void> => {
      for (let call = 0; call < calls; call += 1) {
        await ask('getProperty', { sid: '1' }, { signal: new AbortController().signal }).catch(() => {})
      }
    }
  }

  const drawn = async (): Promise<number> => {
    const [counter] = await redis.inspector().keys('*calls*')
    return counter === undefined ? 0 : Number(await redis.inspector().get(counter))
  }

  test('repeatedly, and no call exceeds the limit', async () => {
    const [one, two] = [startReplica(), startReplica()]
    await one(100)
    await two(100)
    // On a busy machine the store may be slow, and the gateway then rejects a call.
    const made = stub.paths.length
    expect(made).toBeGreaterThan(0)
    for (let round = 0; round < 3; round += 1) {
      await redis.inspector().flushall()
      // Neither makes a call. They detect it by themselves.
      await expect.poll(drawn).toBeGreaterThanOrEqual(made)
    }
    await startReplica()(400)
    // At most the unused calls of a replica's block may be lost.
    const askBoth = async () => {
      await Promise.all([one(400), two(400)])
      return stub.paths.length
    }
    await expect.poll(askBoth).toBeGreaterThan(limit - 15)
    expect(stub.paths.length).toBeLessThanOrEqual(limit)
  })
})
