/** The store that replicas share is lost: what needs none goes on, what needs it refuses, and nothing hangs. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type House, openHouse } from '../support/house.ts'
import { type RedisServer, skipsRedis, startRedis } from '../support/redis.ts'

describe.skipIf(skipsRedis)('while the store is lost', () => {
  let redis: RedisServer
  let house: House
  let cursor: string

  beforeAll(async () => {
    redis = await startRedis()
    const env = { FOYER_STORE_URL: redis.url, FOYER_STORE_KEY: `${'A'.repeat(43)}=` }
    house = await openHouse({ sandbox: { leads: 300 }, env })
    cursor = (await house.get('/leads/feed?brokerageId=b1001')).body.cursor
    await redis.kill()
  })

  afterAll(async () => {
    await house.close()
    await redis.close()
  })

  const fresh = { 'cache-control': 'no-cache' }

  test.each(['/properties/10103', '/leads?brokerageId=b1001&limit=1', '/events/7/properties', '/health/ready'])(
    'GET %s is served, from the calls that were drawn before',
    async (url) => {
      expect((await house.get(url, fresh)).status).toBe(200)
    },
  )

  test('a write is made; one under a key is not, since nobody could tell a repeat', async () => {
    const body = { city: 'Westport' }
    expect((await house.send('POST', '/events/9/properties', body)).status).toBe(201)
    const key = { 'idempotency-key': 'a-key-of-some-client' }
    expect((await house.send('POST', '/events/9/properties', body, key)).status).toBe(503)
    expect(house.sandbox.control.liondesk.records('9')).toHaveLength(1)
  })

  test('connections cannot be looked at', async () => {
    expect((await house.get('/connections')).status).toBe(503)
  })

  test('feeds give nothing rather than too little', async () => {
    const next = () => house.get(`/leads/feed?brokerageId=b1001&after=${cursor}`)
    const { status, body } = await next()
    expect([status, body.code, body.data]).toEqual([503, 'upstream-unavailable', undefined])
  })
})

describe.skipIf(skipsRedis)('when it comes back', () => {
  test('a feed whose log is gone says so', async () => {
    const redis = await startRedis()
    const env = { FOYER_STORE_URL: redis.url, FOYER_STORE_KEY: `${'A'.repeat(43)}=` }
    const house = await openHouse({ sandbox: { leads: 300 }, env })
    const { cursor } = (await house.get('/leads/feed?brokerageId=b1001')).body
    await redis.kill()
    await redis.start()
    await expect
      .poll(async () => (await house.get(`/leads/feed?brokerageId=b1001&after=${cursor}`)).body.code, {
        timeout: 20_000,
      })
      .toBe('cursor-expired')
    await house.close()
    await redis.close()
  })
})
