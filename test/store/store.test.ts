import { mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { openStore } from '#src/store/index.ts'
import { createMemoryStore } from '#src/store/memory.ts'
import { createMemoryLogs } from '#src/store/memory-logs.ts'
import { createMemoryValues } from '#src/store/memory-values.ts'
import { openSqliteStore } from '#src/store/sqlite.ts'
import { describeStore } from './contract.ts'
import { openLater, runLater, temporaryFolder } from './temporary.ts'

describeStore('memory', createMemoryStore)
describeStore('SQLite', (now) => openLater(openSqliteStore(join(temporaryFolder(), 'foyer.db'), now)))
afterEach(runLater)

describe('openStore', () => {
  test('opens memory and files, with the clock given', async () => {
    let now = 0
    for (const url of ['memory:', `file:${join(temporaryFolder(), 'foyer.db')}`]) {
      const store = openLater(openStore(url, () => now))
      await store.set('key', 'value', 10)
      now += 9
      expect(await store.get('key')).toBe('value')
      now += 1
      expect(await store.get('key')).toBeNull()
    }
  })

  test('a relative path starts at the working directory, and odd names are only names', async () => {
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

  test.each(['', 'memory', 'memory:x', 'file:', 'foyer.db', 'redis://user:secret@host:6379', 'FILE:x'])(
    'refuses %j, saying what is allowed, and nothing of the URL',
    (url) => {
      expect(() => openStore(url)).toThrow(/memory:.*file:PATH/)
      expect(() => openStore(url)).not.toThrow(/secret/)
    },
  )
})

describe('memory is bounded', () => {
  test('logs: the one polled longest ago is forgotten whole, the one just written never', async () => {
    const logs = createMemoryLogs({ entries: 10, logs: 3 })
    const sightings = (count: number) => Array.from({ length: count }, (_, id) => ({ id: `${id}`, createdAt: 1 }))
    const first = await logs.appendNew('first', sightings(4), 1)
    await logs.appendNew('second', sightings(4), 2)
    await logs.appendNew('first', [], 3)
    await logs.appendNew('third', sightings(4), 4)
    expect(await logs.logState('second')).toBeNull()
    expect(await logs.logState('first')).toMatchObject({ logId: first.logId, lastSeq: 4 })
    expect((await logs.appendNew('large', sightings(50), 5)).lastSeq).toBe(50)
    expect(await logs.logState('first')).toBeNull()
    expect(await logs.logState('third')).toBeNull()
    expect((await logs.appendNew('large', sightings(51), 5)).lastSeq).toBe(51)
    await logs.trimLog('large', { firstSeenAt: 9, createdAt: 9 })
    for (const name of ['a', 'b', 'c']) await logs.appendNew(name, [], 6)
    expect(await logs.logState('large')).toBeNull()
    expect((await logs.appendNew('first', [], 7)).logId).not.toBe(first.logId)
  })

  test('values: expired ones go first, then the oldest that has a time, a lasting one never', async () => {
    let now = 0
    const values = createMemoryValues(() => now, 3)
    await values.set('lasting', 'a')
    await values.set('short', 'b', 10)
    await values.set('long', 'c', 1000)
    now = 10
    await values.set('next', 'd', 1000)
    expect(await values.get('long')).toBe('c')
    await values.extendIfEqual('long', 'c', 1000)
    await values.set('last', 'e')
    expect(await values.get('next')).toBeNull()
    await values.set('more', 'f')
    expect(await values.get('lasting')).toBe('a')
    await expect(values.set('too many', 'g')).rejects.toThrow(/full/)
    await values.set('more', 'h')
    expect(await values.get('more')).toBe('h')
  })
})
