/** A write lock of another process delays writes, but no other operation. */
import { DatabaseSync } from 'node:sqlite'
import { afterEach, expect, test } from 'vitest'
import { openSqliteStore } from '#src/store/sqlite/index.ts'
import { StoreUnavailable } from '#src/store/store.ts'
import { closeAfterTest, createPath, runCleanup } from '../../../support/store/temporary.ts'

afterEach(runCleanup)

/** This thread holds the lock: a store that blocked the thread would never get it. */
const openLocked = async (patienceMs: number) => {
  const path = createPath()
  const store = closeAfterTest(openSqliteStore(path, Date.now, patienceMs))
  await store.set('key', 'before')
  const other = new DatabaseSync(path)
  other.exec('BEGIN IMMEDIATE')
  const release = (): void => {
    other.exec('ROLLBACK')
    other.close()
  }
  return { store, release }
}

const turnOfTheLoop = () => new Promise(setImmediate)

test('writes wait for the lock without blocking the thread, and reads continue', async () => {
  const { store, release } = await openLocked(20_000)
  const writes = [
    store.set('key', 'after'),
    store.setIfAbsent('lease', 'me', 1_000),
    store.putRecord('people', '1', 'Ann'),
    store.appendNew('log', [{ id: 'a', createdAt: null }], 1),
    ...Array.from({ length: 200 }, () => store.draw('budget', 1, 150, 60_000)),
  ]
  let settled = 0
  for (const write of writes) {
    write.then(() => {
      settled += 1
    })
  }
  expect(await store.get('key')).toBe('before')
  for (let turn = 0; turn < 20; turn += 1) await turnOfTheLoop()
  expect(settled).toBe(0)
  release()
  const [, isMine, , state, ...draws] = await Promise.all(writes)
  expect([isMine, state]).toEqual([true, expect.objectContaining({ lastSeq: 1 })])
  expect(draws.filter((granted) => granted === 1)).toHaveLength(150)
  expect(await store.get('key')).toBe('after')
  expect(await store.getRecord('people', '1')).toBe('Ann')
})

test('a lock that is never released makes the operation fail in time', async () => {
  const { store, release } = await openLocked(100)
  const failures = await Promise.allSettled([store.set('key', 'after'), store.draw('budget', 1, 2, 1_000)])
  for (const failure of failures)
    expect(failure).toMatchObject({ status: 'rejected', reason: expect.any(StoreUnavailable) })
  release()
  await store.set('key', 'later')
  expect(await store.get('key')).toBe('later')
  expect(await store.getDrawn('budget')).toBe(0)
})
