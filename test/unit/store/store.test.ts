import { mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { afterEach, describe, expect, test } from 'vitest'
import { openStore } from '#src/store/index.ts'
import { createMemoryStore } from '#src/store/memory/index.ts'
import { openSqliteStore } from '#src/store/sqlite/index.ts'
import { type Store, StoreUnavailable } from '#src/store/store.ts'
import { describeStore, type Opened } from '../../support/store/contract.ts'
import { closeAfterTest, createPath, createTemporaryFolder, runCleanup } from '../../support/store/temporary.ts'

/** On a clock that only the test moves. */
const openWith = (open: (now: () => number) => Store, another: (store: Store, now: () => number) => Store): Opened => {
  const clock = { now: 1_700_000_000_000 }
  const now = () => clock.now
  const store = open(now)
  const pass = (ms: number) => {
    clock.now += ms
  }
  return { store, another: () => another(store, now), pass, unit: 1 }
}

const openFile = () => {
  const path = createPath()
  const open = (now: () => number) => closeAfterTest(openSqliteStore(path, now))
  return openWith(open, (_, now) => open(now))
}

describeStore('memory', () => openWith(createMemoryStore, (store) => store))
describeStore('SQLite', openFile)
afterEach(runCleanup)

describe('openStore', () => {
  test('opens memory and file stores with the given clock', async () => {
    let now = 0
    for (const url of ['memory:', `file:${join(createTemporaryFolder(), 'foyer.db')}`]) {
      const store = closeAfterTest(openStore(url, () => now))
      await store.set('key', 'value', 10)
      now += 9
      expect(await store.get('key')).toBe('value')
      now += 1
      expect(await store.get('key')).toBeNull()
    }
  })

  test('resolves a relative path against the working directory, and takes unusual names literally', async () => {
    const here = mkdtempSync('.vitest-store-')
    try {
      for (const name of ['foyer.db', ':memory:', 'a b?mode=memory#%41.db']) {
        const store = openStore(`file:${here}/${name}`)
        await store.set('key', name)
        await store.close()
        const again = openStore(`file:${process.cwd()}/${here}/${name}`)
        expect(await again.get('key')).toBe(name)
        await again.close()
      }
    } finally {
      rmSync(here, { recursive: true })
    }
  })

  test.each([
    '',
    'memory',
    'memory:x',
    'file:',
    'foyer.db',
    'FILE:x',
    'redis:',
    'redis://',
    'redis:///1',
    'redis://user:secret@',
    'redis://user:secret@host:port',
    'redis://user:secret@host:65536',
    'redis://user:secret@host/name',
    'redis://user:secret@host/-1',
    'redis://user:secret@host/0?commandTimeout=0',
    'redis://user:secret@host/0#1',
    'redis://user:secret%@host',
    'valkey://user:secret@host',
    'redis-socket:///secret',
  ])('rejects %j and names the allowed URLs, without repeating the URL', (url) => {
    let refusal: unknown
    try {
      openStore(url)
    } catch (error) {
      refusal = error
    }
    expect(refusal).toMatchObject({ message: expect.stringMatching(/memory:.*file:PATH.*redis:.*rediss:/) })
    expect(inspect(refusal, { depth: 9 })).not.toMatch(/secret/)
  })
})

test('every failed call throws a StoreUnavailable with its cause', async () => {
  const store = openSqliteStore(createPath())
  await store.close()
  const failure = await store.draw('budget', 1, 2, 1000).catch((error: unknown) => error)
  expect(failure).toBeInstanceOf(StoreUnavailable)
  expect(failure).toMatchObject({ name: 'StoreUnavailable', message: expect.stringMatching(/not open/) })
  expect((failure as StoreUnavailable).cause).toBeInstanceOf(Error)
  const memory = createMemoryStore()
  await expect(memory.get(null as never)).resolves.toBeNull()
  await expect(memory.appendNew('log', null as never, 1)).rejects.toBeInstanceOf(StoreUnavailable)
})
