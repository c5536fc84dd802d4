import { inspect } from 'node:util'
import { afterEach, describe, expect, test } from 'vitest'
import { type Store, StoreUnavailable } from '#src/store/store.ts'
import { type RedisServer, skipsRedis } from '../../support/redis.ts'
import { openWithRetry } from '../../support/store/patient.ts'
import { startRedisStore } from '../../support/store/redis-calls.ts'
import { createNumbered, createSightings } from '../../support/store/sightings.ts'
import { closeAfterTest, runCleanup } from '../../support/store/temporary.ts'

afterEach(runCleanup)

const open = ({ port }: RedisServer, user = '', path = ''): Store =>
  closeAfterTest(openWithRetry(`redis://${user}127.0.0.1:${port}${path}`))

const getFailure = (call: Promise<unknown>): Promise<unknown> => call.catch((error: unknown) => error)

/** All properties of an error that a careless log could print. */
const printed = (error: unknown): string => inspect(error, { depth: 9, showHidden: true })

describe.skipIf(skipsRedis)('who enters', () => {
  const password = 'p@ss/w:rd#1'
  const encoded = encodeURIComponent(password)

  const guarded = async (): Promise<RedisServer> => {
    const server = await startRedisStore()
    await server.inspector().acl('SETUSER', 'ann', 'on', `>${password}`, '~*', '+@all')
    await server.inspector().acl('SETUSER', 'default', 'resetpass', `>${password}`)
    return server
  }

  test('by password and by user', async () => {
    const server = await guarded()
    await open(server, `:${encoded}@`).set('key', 'value')
    expect(await open(server, `ann:${encoded}@`).get('key')).toBe('value')
  })

  test.each([':hunter2@', 'ann:hunter2@', 'nobody:hunter2@', ''])(
    'as %j is rejected, and no error contains the password',
    async (user) => {
      const server = await guarded()
      const store = open(server, user)
      for (let round = 0; round < 3; round += 1) {
        const failure = await getFailure(store.get('key'))
        expect(failure).toBeInstanceOf(StoreUnavailable)
        expect(printed(failure)).toMatch(/WRONGPASS|NOAUTH/)
        expect(printed(failure)).not.toMatch(/hunter2/)
      }
    },
  )

  test('a rejected command is not quoted', async () => {
    const server = await startRedisStore(['--rename-command', 'SET', '', '--rename-command', 'EVAL', ''])
    const store = open(server)
    for (const call of [
      store.set('key', 'hunter2'),
      store.putRecord('a', 'b', 'c'),
      store.deleteIfEqual('a', 'hunter2'),
    ])
      expect(printed(await getFailure(call))).not.toMatch(/hunter2/)
    expect(printed(await getFailure(store.set('key', 'hunter2')))).toMatch(/unknown command/)
  })
})

describe.skipIf(skipsRedis)('databases', () => {
  test('are apart from one another', async () => {
    const server = await startRedisStore()
    const [zero, one] = [open(server), open(server, '', '/1')]
    await one.set('key', 'one')
    expect(await zero.get('key')).toBeNull()
    expect(await open(server, '', '/').setIfAbsent('key', 'zero')).toBe(true)
    expect(await open(server, '', '/1').get('key')).toBe('one')
  })

  test('a missing record is never replaced by another one', async () => {
    const server = await startRedisStore()
    const store = open(server, '', '/99')
    for (let round = 0; round < 20; round += 1) {
      const failure = await getFailure(store.set('key', 'value'))
      expect(printed(failure)).toMatch(/StoreUnavailable.*out of range/s)
    }
    expect(await server.inspector().dbsize()).toBe(0)
  })
})

describe.skipIf(skipsRedis)('on a server', () => {
  test('every key has our prefix, and only permanent values have no expiry', async () => {
    const server = await startRedisStore()
    const store = open(server)
    await store.set('short', 'a', 60_000)
    await store.draw('budget', 1, 10, 60_000)
    await store.putRecord('people', 'a', 'Ann')
    await store.appendNew('leads', createSightings(['a']), 1)
    const inspector = server.inspector()
    const keys = (await inspector.keys('*')).sort()
    const lasting = ['foyer:log-ids:leads', 'foyer:log-seen:leads', 'foyer:log:leads', 'foyer:records:people']
    expect(keys).toEqual(['foyer:counter:budget', ...lasting, 'foyer:value:short'])
    for (const key of keys) expect((await inspector.pttl(key)) === -1).toBe(lasting.includes(key))
  })

  test('a value expires by itself', async () => {
    const store = open(await startRedisStore())
    await store.set('key', 'value', 30)
    await store.draw('budget', 1, 1, 30)
    await expect.poll(() => store.get('key')).toBeNull()
    await expect.poll(() => store.getDrawn('budget')).toBe(0)
  })

  test('a long log is appended to, read and trimmed in portions', async () => {
    const store = open(await startRedisStore())
    const ids = createNumbered(6000)
    for (let start = 0; start < ids.length; start += 2000)
      await store.appendNew('log', createSightings(ids.slice(start, start + 2000), start === 2000 ? null : 5), 1)
    const mixed = [...ids.slice(0, 2000), 'new-1', 'new-2', 'new-3', 'new-4', 'new-5']
    expect(await store.appendNew('log', createSightings(mixed), 2)).toMatchObject({ lastSeq: 6005 })
    await store.trimLog('log', { firstSeenAt: 2, createdAt: 9 })
    const kept = [...ids.slice(2000, 4000), ...mixed.slice(-5)]
    expect(await store.readLog('log', 0, 1500)).toMatchObject(kept.slice(0, 1500).map((id) => ({ id })))
    expect(await store.readLog('log', 3500, 1500)).toMatchObject(kept.slice(1500).map((id) => ({ id })))
    expect(await store.getLogState('log')).toMatchObject({ lastSeq: 6005, trimmedTo: 6000 })
  })
})
