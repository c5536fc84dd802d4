import { LRUCache } from 'lru-cache'
import { expect, test, vi } from 'vitest'
import { createCounts } from '#src/lib/counts.ts'
import { deepFreeze } from '#src/lib/deep-freeze.ts'
import { getOrCreate } from '#src/lib/get-or-create.ts'
import { expireAfter, limitEntries } from '#src/lib/lru-options.ts'
import { getHourRemainingMs, toTimestamp } from '#src/lib/units.ts'

test('getOrCreate creates the value of a key once, also a falsy one', () => {
  const create = vi.fn(() => 0)
  const entries = new Map<string, number>()
  expect([getOrCreate(entries, 'a', create), getOrCreate(entries, 'a', create)]).toEqual([0, 0])
  expect(create).toHaveBeenCalledTimes(1)
})

test('counts start at zero, and can fall below it', () => {
  const counts = createCounts()
  counts.add('a', 2)
  counts.add('a', -1)
  counts.add('b', -1)
  expect([counts.get('a'), counts.get('b'), counts.get('c')]).toEqual([1, -1, 0])
  counts.add('a', -1)
  expect(counts.get('a')).toBe(0)
})

test('a limited cache evicts the least recently used entry', () => {
  const cache = new LRUCache<string, number>(limitEntries(2))
  cache.set('a', 1).set('b', 2)
  cache.get('a')
  cache.set('c', 3)
  expect([...cache.keys()].sort()).toEqual(['a', 'c'])
})

test('an entry expires exactly after its time, on the clock of the caller', () => {
  let time = 0
  const cache = new LRUCache<string, number>({ ...limitEntries(2), ...expireAfter(1_000, () => time) })
  time = 5_000
  cache.set('a', 1)
  time += 1_000
  expect(cache.get('a')).toBe(1)
  time += 1
  expect(cache.get('a')).toBeUndefined()
})

test('deepFreeze freezes nested values and lists', () => {
  const value = deepFreeze({ list: [{ deep: 1 }] })
  expect(() => Object.assign(value.list[0] as object, { deep: 2 })).toThrow(TypeError)
  expect(() => value.list.push({ deep: 2 })).toThrow(TypeError)
})

test.for([
  ['2026-03-15T12:00:00.000Z', 3_600_000],
  ['2026-03-15T12:00:00.001Z', 3_599_999],
  ['2026-03-15T12:59:59.999Z', 1],
] as const)('at %s the UTC hour has %d ms left', ([time, remaining]) => {
  expect(getHourRemainingMs(Date.parse(time))).toBe(remaining)
})

test('a timestamp has no fractions of a second', () => {
  expect(toTimestamp(Date.parse('2026-03-15T12:00:00.999Z'))).toBe('2026-03-15T12:00:00Z')
})
